"""The screen: it reads the engine's view and gives it commands, and computes nothing that is played."""
