"""Photos: hostile files to upright pixels, faces in them, doubts about them, crops of them."""
