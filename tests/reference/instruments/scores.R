# Scores of published instruments by an outside program: psych::scoreItems, with keys written by hand, not from ours.
# answers.csv: 40 rows of random codes (numpy default_rng(20261122)); about a quarter of the CBI's are missing.
# Run in this folder: Rscript scores.R
library(psych)
answers <- read.csv("answers.csv")
of <- function(stem, numbers, turned = c()) ifelse(numbers %in% turned, paste0("-", stem, numbers), paste0(stem, numbers))
score <- function(keys, totals, low, high) {
  used <- unique(sub("^-", "", unlist(keys)))
  as.data.frame(scoreItems(keys, answers[used], totals = totals, missing = TRUE, impute = "none", min = low, max = high)$scores)
}
scores <- cbind(
  score(list(who5_raw = of("who5_", 1:5)), TRUE, 0, 5),
  score(list(cbi_personal = of("cbi_", 1:6), cbi_work = of("cbi_", 7:13, 13), cbi_client = of("cbi_", 14:19)), FALSE, 0, 100),
  score(list(bat23_exhaustion = of("bat23_", 1:8), bat23_total = of("bat23_", 1:23)), FALSE, 1, 5),
  score(list(karasek26_skill_raw = of("karasek26_", c(1, 2, 3, 5, 7, 9), 2), karasek26_authority_raw = of("karasek26_", c(4, 6, 8), 6),
             karasek26_demands = of("karasek26_", 10:18, 13), karasek26_support = of("karasek26_", 19:26)), TRUE, 1, 4),
  score(list(eri16_effort = of("eri16_", 1:3), eri16_reward = of("eri16_", 4:10, 5:7), eri16_overcommitment = of("eri16_oc", 1:6, 3)), TRUE, 1, 4),
  score(list(hse35_demands = of("hse35_", c(3, 6, 9, 12, 16, 18, 20, 22), 1:35), hse35_control = of("hse35_", c(2, 10, 15, 19, 25, 30)),
             hse35_relationships = of("hse35_", c(5, 14, 21, 34), 1:35)), FALSE, 1, 5),
  score(list(uwes9_vigour = of("uwes9_", c(1, 2, 5)), uwes9_total = of("uwes9_", 1:9)), FALSE, 0, 6),
  score(list(phq8_total = of("phq8_", 1:8)), TRUE, 0, 3)
)
write.csv(format(scores, digits = 12, trim = TRUE), "scores.csv", row.names = FALSE, quote = FALSE)
cat(R.version.string, "psych", as.character(packageVersion("psych")), "\n")
