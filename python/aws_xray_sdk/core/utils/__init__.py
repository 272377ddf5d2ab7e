"""Small parts that code written for the AWS X-Ray SDK imports from here."""
