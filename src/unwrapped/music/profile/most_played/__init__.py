"""What is played most: charts, top lists, words in their titles, turnover."""
