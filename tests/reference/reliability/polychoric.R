# Polychoric correlations that tests/test_ordinal.py compares with: Rscript polychoric.R FOLDER (with bfi.csv in it).
# Source: bfi of psychTools (GPL), items A1-A5 with A1 turned, complete cases; psych 2.2.9 under R 4.2.2.
library(psych)
items <- read.csv(file.path(commandArgs(trailingOnly = TRUE)[1], "bfi.csv"))[, paste0("A", 1:5)]
items$A1 <- 7 - items$A1
found <- polychoric(na.omit(items), correct = 0)$rho
cat(sprintf("%.6f", found[lower.tri(found)]), sep = "\n")
