"""The sandbox, asked by the real SDK over HTTP and listened to by a receiver on loopback."""
