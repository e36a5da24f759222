package io.waybill.jobs.archive;

import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.file.PartName;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Whose an unfinished archive or directory is. Each attempt has names of its own, so that no two
 * ever write to one; what earlier attempts of the same work have left is found by theirs.
 *
 * @param work what is done, the same text at every attempt and for nothing else
 * @param attempt from 1
 */
public record PartClaim(String work, int attempt) {
  public PartClaim {
    Objects.requireNonNull(work, "work");
  }

  String part(String targetName) {
    return part(targetName, attempt);
  }

  List<String> earlierParts(String targetName) {
    return IntStream.range(1, attempt).mapToObj(each -> part(targetName, each)).toList();
  }

  private String part(String targetName, int of) {
    SourceIdentity identity = new SourceIdentity(0, Optional.empty(), Optional.of(work + " " + of));
    return PartName.of(targetName, identity, "archive").part();
  }
}
