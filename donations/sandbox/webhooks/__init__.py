"""Events and how they leave: made with the change they tell of, sent later, signed anew each try."""
