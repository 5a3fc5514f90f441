//! What every dialect must get right, whatever it is given.
