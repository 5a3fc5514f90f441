//! Holds the files to the habits of the house: size, first sentences, price tables, documents.
