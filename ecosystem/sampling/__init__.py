"""What shows the demonstration's visitors how booking works: invented, marked as samples, removed by one command."""

# A file in the data folder says that nobody wants the samples again.
MARK = "samples-removed"
