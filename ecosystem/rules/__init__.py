"""Rules of hours, slots and bookings: plain values in and out, no Django and no clock."""
