# Differences in differences of a few structures, by lm, t.test and lme4: Rscript effects.R > effects.json
library(lme4)
d <- read.csv("measures.csv")
wide <- reshape(d, idvar = c("structure", "arm"), timevar = "time", direction = "wide")
wide$change <- wide$mean.after - wide$mean.before
a <- wide$change[wide$arm == "action"]; b <- wide$change[wide$arm == "comparison"]
welch <- t.test(a, b)
one <- t.test(a)
d$is_after <- as.numeric(d$time == "after"); d$is_action <- as.numeric(d$arm == "action")
fixed <- lm(mean ~ factor(structure) + is_after + is_after:is_action, data = d)
random <- lmer(mean ~ is_action * is_after + (1 | structure), data = d)
power <- power.t.test(n = 8, sd = 5, power = 0.8, strict = TRUE)
say <- function(name, value) sprintf('  "%s": %.12g', name, value)
lines <- c(
  say("estimate", mean(a) - mean(b)), say("low", welch$conf.int[1]), say("high", welch$conf.int[2]),
  say("freedom", unname(welch$parameter)), say("lm", unname(coef(fixed)["is_after:is_action"])),
  say("lmer", unname(fixef(random)["is_action:is_after"])),
  say("action", mean(a)), say("action_low", one$conf.int[1]), say("action_high", one$conf.int[2]),
  say("detectable_8_each_sd_5", power$delta)
)
cat("{\n", paste(lines, collapse = ",\n"), "\n}\n", sep = "")
