package io.waybill.jobs.archive;

/** Counts what an archive holds, against what it may. */
final class EntryBudget {
  private static final long FREE_OF_RATIO = 10L << 20;
  private final ArchiveLimits limits;
  private final long mostByRatio;
  private final long archiveBytes;
  private long files;
  private long bytes;

  /**
   * Starts.
   *
   * @param archiveBytes how large the archive is
   */
  EntryBudget(ArchiveLimits limits, long archiveBytes) {
    this.limits = limits;
    this.archiveBytes = archiveBytes;
    boolean isUnlimited = limits.ratio() > Long.MAX_VALUE / Math.max(1, archiveBytes);
    this.mostByRatio =
        isUnlimited ? Long.MAX_VALUE : Math.max(FREE_OF_RATIO, limits.ratio() * archiveBytes);
  }

  /**
   * Counts a file or directory.
   *
   * @throws ArchiveRefusedException if it is one too many
   */
  void entry() throws ArchiveRefusedException {
    if (++files > limits.files()) {
      throw new ArchiveRefusedException(
          "it holds more than %d files and directories; raise \"limits.files\" if that is right"
              .formatted(limits.files()));
    }
  }

  /**
   * Counts unpacked bytes.
   *
   * @throws ArchiveRefusedException if they are too many
   */
  void bytes(long more) throws ArchiveRefusedException {
    bytes += more;
    if (bytes > limits.bytes()) {
      throw new ArchiveRefusedException(
          "it holds more than %d bytes; raise \"limits.size\" if that is right"
              .formatted(limits.bytes()));
    }
    if (bytes > mostByRatio) {
      throw new ArchiveRefusedException(
          "its files are more than %d times as large as its own %d bytes, which a bomb is; raise \"limits.ratio\" if that is right"
              .formatted(limits.ratio(), archiveBytes));
    }
  }
}
