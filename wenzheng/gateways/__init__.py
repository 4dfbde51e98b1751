"""The outside: the Temporal client, the embedded server, the relay; ports for those who use them."""
