"""A real Celery worker that kills itself with SIGKILL at a named step: of a report, a count, a mail or a request.

Run as `python -m tests.roadmap.dying_worker STEP`; without a step it is an ordinary worker. One process (solo pool),
so that the whole worker is gone at once, as after a power cut.
"""

import os
import signal
import sys


def die(*_args, **_words):
    """End this process at once, with nothing cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(step):
    """Put the bomb at the step."""
    from roadmap.services import reports

    if step == "automatic":
        from roadmap.services import automatic

        # The number is written, the value is not.
        automatic.measurements.save_counted = die
    elif step == "expired":
        from ecosystem.services import booking_steps

        # The request is ended, its step and its mail are not written.
        booking_steps.record = die
    elif step.startswith("mail"):
        arm_mail(step)
    elif step == "any-day":
        from ecosystem import working_days

        # It lives: what happens on working days only can be seen on a Sunday too.
        working_days.is_working_day = lambda *_args, **_words: True
    elif step == "snapshot":
        reports.build_snapshot = die
    elif step == "after-snapshot":
        from roadmap import tasks

        tasks.render_report_file.delay = die
    elif step:
        reports.RENDERERS[step] = die


def arm_mail(step):
    """Die before the mail server is asked, or after it took the mail and before the row says so."""
    from django.core.mail import EmailMultiAlternatives

    send = EmailMultiAlternatives.send

    def send_and_die(message):
        send(message)
        die()

    EmailMultiAlternatives.send = die if step == "mail-claimed" else send_and_die


def main():
    """Arm, then work until told to stop."""
    import django

    django.setup()
    from malangkraf.celery import app

    arm(sys.argv[1] if len(sys.argv) > 1 else "")
    app.worker_main(
        [
            "worker", "--pool", "solo", "--queues", "default,reports,housekeeping,mail",
            "--without-gossip", "--without-mingle", "--loglevel", "WARNING",
        ]
    )  # fmt: skip


if __name__ == "__main__":
    main()
