"""What the engine is held against: closed forms and a slow exact simulation. Never shipped."""
