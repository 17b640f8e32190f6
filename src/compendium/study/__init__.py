"""What the study IS: its file, its questionnaire, its country facts, as frozen data held against schemas."""
