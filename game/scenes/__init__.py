"""The screens of the game, one file each, with one interface (`game.scenes.base`)."""
