"""What people read about proofs and claims: what a check found, why something does not happen, how to prove it."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from startups.models import Claim, Proof
from startups.services import proofs

# Code of a finding → sentence; %(found)s is foreign text and stands apart where it is long.
FINDINGS: Mapping[str, Promise] = {
    "no_record": _(
        "There is no TXT record at %(name)s yet. A new record often takes some minutes, sometimes hours, to be seen"
        " everywhere. Nothing is lost: check again later."
    ),
    "other_record": _(
        "There is a TXT record at %(name)s, but it holds another text. Compare it letter by letter with the one above."
    ),
    "no_file": _(
        "%(domain)s answers, but there is no file at this address (404). Check the name of the folder and of the file."
    ),
    "bad_status": _("%(domain)s answered with the code %(found)s instead of the file."),
    "other_text": _(
        "There is a page at this address, but it holds another text. The file must hold the line above and nothing"
        " else."
    ),
    "bad_address": _("The address of the website cannot be asked. Correct it in the entry first."),
    "no_such_host": _("The internet knows no address for %(domain)s. Is the domain still registered?"),
    "not_public": _("%(domain)s leads to a private network, where nobody outside can look."),
    "no_connection": _("%(domain)s takes no connection at the moment."),
    "timeout": _("%(domain)s did not answer within five seconds."),
    "bad_certificate": _(
        "The certificate of %(domain)s is not valid, so nobody can tell whose answer this is."
    ),
    "wrong_redirect": _(
        "The website redirects this address to another one. The file must be reachable at the address above itself."
    ),
    "too_many_redirects": _("The website redirects in a circle."),
    "too_large": _("What stands at this address is far larger than the one line that belongs there."),
    "encoded": _("The website sent the file compressed although it was asked for it as it is."),
    "bad_answer": _("What %(domain)s answered is no proper web page."),
    "dns_failed": _("The name servers of %(domain)s gave no answer."),
    "domain_changed": _("The website of the entry is another one now. Begin again with its new domain."),
    "over": _("What this proof was for is over."),
    "not_owner": _("You are not an owner of this entry any more."),
    "wrong_code": _("This is not the code that we mailed."),
    "too_many_tries": _("That was the fifth wrong code, so this code counts no more. Have a new one mailed."),
    "unfinished": _("The check did not come to an end, by a fault of ours. Please check again."),
}
# What stood there instead is shown for these.
WITH_FOUND = frozenset({"other_record", "other_text", "wrong_redirect"})

REFUSALS: Mapping[str, Promise] = {
    "not_claimable": _("This entry cannot be claimed at the moment."),
    "member": _("You keep this entry already."),
    "yours": _("You have claimed this entry; it is being checked."),
    "taken": _("Somebody else has claimed this entry, and that claim is being checked."),
    "too_many": _("You have five open claims. Finish or withdraw one of them first."),
    "too_often": _("You have claimed this entry three times within 30 days. Please talk to Stasion."),
    "over": _("This is settled already."),
    "no_domain": _("This entry has no domain of its own that could be checked."),
    "too_many_proofs": _("You have begun thirty proofs today. Go on tomorrow, or talk to Stasion."),
    "too_many_codes": _("Too many codes were mailed today. Try again tomorrow, or choose another way."),
    "too_soon": _("It was checked a moment ago. Wait half a minute before the next check."),
    "too_many_checks": _("This proof was checked twenty times. Choose another way, or talk to Stasion."),
}

# Method → (what one does, who can do it).
WAYS: Mapping[str, tuple[Promise, Promise]] = {
    Claim.Method.DNS: (
        _("You publish a line of text as a TXT record of your domain. We find it by ourselves."),
        _("For whoever manages the domain at its registrar. Counts at once."),
    ),
    Claim.Method.FILE: (
        _("You put a small text file on the website. We fetch it."),
        _("For whoever can upload files to the website. Counts at once."),
    ),
    Claim.Method.MAILBOX: (
        _("We mail a code with six digits to a mailbox at the domain, and you type it here."),
        _("The quickest, but it proves less."),
    ),
    Claim.Method.IN_PERSON: (
        _(
            "You come to Stasion with something that shows who you are and what you have to do with the entry."
        ),
        _("For everybody, also without a website. A coordinator decides."),
    ),
}


def finding_of(proof: Proof) -> str:
    """Return the sentence about what the last check of a proof found, "" before the first one."""
    sentence = FINDINGS.get(proof.finding)
    names = {"name": proofs.dns_name(proof), "domain": proof.domain, "found": proof.found}
    return str(sentence) % names if sentence else ""


def refusal_of(code: str) -> str:
    """Return why something does not happen, for a code of ClaimRefused or ProofRefused."""
    return str(REFUSALS[code])
