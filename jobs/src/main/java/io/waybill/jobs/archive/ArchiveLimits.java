package io.waybill.jobs.archive;

/**
 * What is the most that an archive may hold; one that holds more is refused as a bomb.
 *
 * @param bytes of all files together, unpacked
 * @param files how many files and directories
 * @param ratio how many times as large as the archive they may be together; not asked below 10 MiB
 * @param nameBytes of one name with its directories, in UTF-8
 */
public record ArchiveLimits(long bytes, long files, long ratio, int nameBytes) {
  /** What is read again that was written just now. */
  static final ArchiveLimits OWN =
      new ArchiveLimits(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, 4096);

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if one is not positive
   */
  public ArchiveLimits {
    if (bytes < 1 || files < 1 || ratio < 1 || nameBytes < 1) {
      throw new IllegalArgumentException("limits of archives are 1 or more");
    }
  }
}
