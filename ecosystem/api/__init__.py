"""The open read API of the facilities, their hours and the agenda; roadmap.api.urls joins it with the others."""
