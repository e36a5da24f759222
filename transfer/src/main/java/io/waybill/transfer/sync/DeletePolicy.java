package io.waybill.transfer.sync;

import java.util.Optional;

/** The rules under which nothing is deleted. */
final class DeletePolicy {
  private static final long FILES = 10;
  private static final long SHARE = 10; // one of so many

  private final SyncOptions options;

  DeletePolicy(SyncOptions options) {
    this.options = options;
  }

  /**
   * Says what stands against any deletion or renaming at all.
   *
   * @param extras files that the target alone has
   */
  Optional<DeleteRefusal> forbids(
      int failures, boolean isSourceEmpty, long blockingConflicts, long extras) {
    if (failures > 0) {
      return refusal(
          DeleteRefusal.Reason.LISTING_INCOMPLETE,
          extras,
          "nothing is deleted, as %d files or directories could not be looked at: what seems to be gone may be there"
              .formatted(failures));
    }
    if (isSourceEmpty && !(options.allowsEmptySource() && options.maxDelete().isPresent())) {
      return refusal(
          DeleteRefusal.Reason.SOURCE_EMPTY,
          extras,
          "suspicious: the source is empty, so that all %d files of the target would be deleted; see that it is what it should be, or allow an empty source and say how many files may be deleted"
              .formatted(extras));
    }
    if (blockingConflicts > 0) {
      return refusal(
          DeleteRefusal.Reason.CONFLICTS,
          extras,
          "nothing is deleted while something is in the way of %d paths; clear that first"
              .formatted(blockingConflicts));
    }
    return Optional.empty();
  }

  /**
   * Says whether there are too many.
   *
   * @param deletes files to be deleted
   * @param targetFiles all files of the target
   */
  Optional<DeleteRefusal> caps(long deletes, long targetFiles) {
    long most = options.maxDelete().orElse(Math.max(FILES, targetFiles / SHARE));
    return deletes <= most
        ? Optional.empty()
        : refusal(
            DeleteRefusal.Reason.TOO_MANY,
            deletes,
            "%d of %d files would be deleted and %d may be; if that is right, allow %d"
                .formatted(deletes, targetFiles, most, deletes));
  }

  private static Optional<DeleteRefusal> refusal(
      DeleteRefusal.Reason reason, long files, String message) {
    return Optional.of(new DeleteRefusal(reason, files, message));
  }
}
