"""The backend behind “Support The Moscow Times”. README.md tells where everything is."""
