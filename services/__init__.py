"""The processes of the house. A service never imports another one; they meet on Kafka, in `contracts`."""
