package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.jobs.Step;
import java.util.Arrays;
import java.util.List;

/**
 * Deletes files.
 *
 * @param from which files; no part of a path leads up, and nothing but patterns and ages selects
 *     among all the files of a root
 */
record DeleteStep(FileSelection from) implements Step {
  private static final List<String> DOTS = List.of(".", "..");

  /**
   * Checks where the files are.
   *
   * @throws JobException.Configuration if a path leads up, or all of a root would be deleted
   */
  DeleteStep {
    for (FileSource each : from.from()) {
      String path = each.place().path();
      if (Arrays.stream(path.split("/", -1)).anyMatch(DOTS::contains)) {
        throw new JobException.Configuration(
            "%s has . or .. in it, where nothing is deleted: write the directory's own name"
                .formatted(each));
      }
      boolean isAll = path.replace("/", "").replace("*", "").isEmpty();
      if (isAll && from.match().isAll() && from.olderThan().isEmpty()) {
        throw new JobException.Configuration(
            "%s are all files of a root, which are not deleted: name a directory in it, or give \"match\" or \"older-than\""
                .formatted(each));
      }
    }
  }
}
