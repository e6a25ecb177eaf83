"""Journeys and figures as pictures: flow charts and plots as SVG, trees for the terminal."""
