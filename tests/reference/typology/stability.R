# Mean Jaccard index of each profile by fpc::clusterboot, each sample analysed anew: correspondence analysis, Ward, consolidation.
# Run in this folder: Rscript stability.R; reads stability_data.csv, writes stability.csv.
library(fpc)
suppressMessages(library(FactoMineR))

answers <- read.csv("stability_data.csv", colClasses = "factor")
SAMPLES <- 200
PROFILES <- 5
AXES <- 5

typology <- function(codes) {
  drawn <- as.data.frame(lapply(as.data.frame(codes), factor))
  places <- MCA(drawn, ncp = AXES, graph = FALSE)$ind$coord
  cut <- cutree(hclust(dist(places), method = "ward.D2"), PROFILES)
  centres <- apply(places, 2, function(axis) tapply(axis, cut, mean))
  group <- kmeans(places, centres, iter.max = 100)$cluster
  list(result = NULL, nc = PROFILES, clusterlist = lapply(1:PROFILES, function(k) group == k),
       partition = group, clustermethod = "MCA, Ward, k-means")
}

codes <- sapply(answers, as.integer)
found <- clusterboot(codes, B = SAMPLES, bootmethod = "boot", multipleboot = TRUE, clustermethod = typology,
                     seed = 1, count = FALSE)
sizes <- as.integer(table(factor(found$partition, levels = 1:PROFILES)))
out <- data.frame(n = sizes, mean = found$bootmean, sd = apply(found$bootresult, 1, sd))
write.csv(out[order(-out$n), ], "stability.csv", row.names = FALSE)
