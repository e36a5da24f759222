package io.waybill.transfer.sync;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TransferListener;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.file.PathFilter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What is compared, what is left alone, and what may be deleted. */
public final class SyncOptions {
  /** The most files that may be copied at once. */
  public static final int MOST_PARALLEL = 32;

  /** FAT keeps every other second: the {@link Builder#tolerance} for a side on such a disk. */
  public static final Duration FAT = Duration.ofSeconds(2);

  private static final SyncOptions DEFAULTS = builder().build();

  /** What makes two files equal. */
  public enum Compare {
    /** Their sizes and times; a file whose time one side does not tell is copied. */
    SIZE_MTIME,
    /** Their sizes alone. */
    SIZE,
    /** Their sizes and digests, whatever their times; both sides must compute one. */
    DIGEST
  }

  private final Compare compare;
  private final @Nullable Duration tolerance;
  private final List<String> includes;
  private final List<String> excludes;
  private final PathFilter filter;
  private final @Nullable Instant newerThan;
  private final @Nullable Instant olderThan;
  private final long leastBytes;
  private final long mostBytes;
  private final boolean deletes;
  private final long maxDelete;
  private final boolean allowsEmptySource;
  private final @Nullable Boolean renames;
  private final boolean setsTimes;
  private final boolean keepsNewer;
  private final boolean dryRun;
  private final int parallel;
  private final TransferOptions files;
  private final TransferListener listener;

  private SyncOptions(Builder builder) {
    this.compare = builder.compare;
    this.tolerance = builder.tolerance;
    this.includes = builder.includes;
    this.excludes = builder.excludes;
    this.filter = PathFilter.of(builder.includes, builder.excludes);
    this.newerThan = builder.newerThan;
    this.olderThan = builder.olderThan;
    this.leastBytes = builder.leastBytes;
    this.mostBytes = builder.mostBytes;
    this.deletes = builder.deletes;
    this.maxDelete = builder.maxDelete;
    this.allowsEmptySource = builder.allowsEmptySource;
    this.renames = builder.renames;
    this.setsTimes = builder.setsTimes;
    this.keepsNewer = builder.keepsNewer;
    this.dryRun = builder.dryRun;
    this.parallel = builder.parallel;
    this.files = builder.files;
    this.listener = builder.listener;
  }

  /** Returns the options used when none are given. */
  public static SyncOptions defaults() {
    return DEFAULTS;
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Starts from these. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.compare = compare;
    builder.tolerance = tolerance;
    builder.includes = includes;
    builder.excludes = excludes;
    builder.newerThan = newerThan;
    builder.olderThan = olderThan;
    builder.leastBytes = leastBytes;
    builder.mostBytes = mostBytes;
    builder.deletes = deletes;
    builder.maxDelete = maxDelete;
    builder.allowsEmptySource = allowsEmptySource;
    builder.renames = renames;
    builder.setsTimes = setsTimes;
    builder.keepsNewer = keepsNewer;
    builder.dryRun = dryRun;
    builder.parallel = parallel;
    builder.files = files;
    builder.listener = listener;
    return builder;
  }

  /** Returns what makes two files equal; default {@link Compare#SIZE_MTIME}. */
  public Compare compare() {
    return compare;
  }

  /**
   * Returns how far apart two times may be and still count as equal; by default, as far as the
   * coarser of the two sides asks for: 1 microsecond on this machine, 1 s on most endpoints.
   */
  public Optional<Duration> tolerance() {
    return Optional.ofNullable(tolerance);
  }

  /** Returns the patterns of the files that count; none stands for all. Default none. */
  public List<String> includes() {
    return includes;
  }

  /** Returns the patterns of what does not count, which win. Default none. */
  public List<String> excludes() {
    return excludes;
  }

  PathFilter filter() {
    return filter;
  }

  /** Says whether a file is one of those that are copied and, at the target, may be deleted. */
  boolean takes(ListedEntry file) {
    long size = file.sizeBytes();
    if (size == FileEntry.UNKNOWN_SIZE && (leastBytes > 0 || mostBytes < Long.MAX_VALUE)) {
      return false;
    }
    boolean isSize = size == FileEntry.UNKNOWN_SIZE || (size >= leastBytes && size <= mostBytes);
    return isSize
        && (newerThan == null || file.modified().filter(newerThan::isBefore).isPresent())
        && (olderThan == null || file.modified().filter(olderThan::isAfter).isPresent());
  }

  /** Returns the time after which a file must have been modified to count; default any. */
  public Optional<Instant> newerThan() {
    return Optional.ofNullable(newerThan);
  }

  /** Returns the time before which a file must have been modified to count; default any. */
  public Optional<Instant> olderThan() {
    return Optional.ofNullable(olderThan);
  }

  /** Returns the size of the smallest file that counts; default 0. */
  public long leastBytes() {
    return leastBytes;
  }

  /** Returns the size of the largest file that counts; default {@link Long#MAX_VALUE}. */
  public long mostBytes() {
    return mostBytes;
  }

  /** Says whether files that only the target has are deleted; default false. */
  public boolean deletes() {
    return deletes;
  }

  /**
   * Returns how many files may be deleted; empty, the default, for the larger of 10 files and 10 %
   * of the target's.
   */
  public OptionalLong maxDelete() {
    return maxDelete < 0 ? OptionalLong.empty() : OptionalLong.of(maxDelete);
  }

  /**
   * Says whether a source without any file is believed: only together with an explicit {@link
   * #maxDelete} does it lead to deletions. Default false.
   */
  public boolean allowsEmptySource() {
    return allowsEmptySource;
  }

  /**
   * Says whether a file that has another name at the source than at the target is renamed there,
   * found by its digest; default: if digests are compared anyway. Without {@link #deletes} nothing
   * is renamed, as the old name would be gone.
   */
  public boolean renames() {
    return renames == null ? compare == Compare.DIGEST : renames;
  }

  /**
   * Says whether a file of equal digest gets the source's time if its own differs; default false.
   */
  public boolean setsTimes() {
    return setsTimes;
  }

  /** Says whether a target that is newer than its source is left alone; default false. */
  public boolean keepsNewer() {
    return keepsNewer;
  }

  /** Says whether it is only planned; default false. */
  public boolean dryRun() {
    return dryRun;
  }

  /** Returns how many files are copied at once; default 4. */
  public int parallel() {
    return parallel;
  }

  /**
   * Returns what holds for each file; its listener and target policy do not count. Default {@link
   * TransferOptions#defaults()}.
   */
  public TransferOptions files() {
    return files;
  }

  /** Returns who is told how the whole comes along; default nobody. */
  public TransferListener listener() {
    return listener;
  }

  /** Collects options. */
  public static final class Builder {
    private Compare compare = Compare.SIZE_MTIME;
    private @Nullable Duration tolerance;
    private List<String> includes = List.of();
    private List<String> excludes = List.of();
    private @Nullable Instant newerThan;
    private @Nullable Instant olderThan;
    private long leastBytes;
    private long mostBytes = Long.MAX_VALUE;
    private boolean deletes;
    private long maxDelete = -1;
    private boolean allowsEmptySource;
    private @Nullable Boolean renames;
    private boolean setsTimes;
    private boolean keepsNewer;
    private boolean dryRun;
    private int parallel = 4;
    private TransferOptions files = TransferOptions.defaults();
    private TransferListener listener = TransferListener.NONE;

    private Builder() {}

    /** Sets what makes two files equal. */
    public Builder compare(Compare value) {
      this.compare = Objects.requireNonNull(value, "compare");
      return this;
    }

    /**
     * Sets how far apart two times may be and still count as equal, see {@link SyncOptions#FAT}.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Builder tolerance(Duration value) {
      if (value.isNegative()) {
        throw new IllegalArgumentException("tolerance is " + value);
      }
      this.tolerance = value;
      return this;
    }

    /** Sets which files count, patterns as {@link PathFilter} describes them. */
    public Builder include(List<String> patterns) {
      this.includes = List.copyOf(patterns);
      return this;
    }

    /** Sets what is neither copied nor deleted, patterns of the same kind. */
    public Builder exclude(List<String> patterns) {
      this.excludes = List.copyOf(patterns);
      return this;
    }

    /** Sets the time after which a file must have been modified to be copied or deleted. */
    public Builder newerThan(Instant value) {
      this.newerThan = value;
      return this;
    }

    /** Sets the time before which a file must have been modified to be copied or deleted. */
    public Builder olderThan(Instant value) {
      this.olderThan = value;
      return this;
    }

    /** Sets the size of the smallest file that is copied or deleted. */
    public Builder leastBytes(long value) {
      this.leastBytes = value;
      return this;
    }

    /** Sets the size of the largest file that is copied or deleted. */
    public Builder mostBytes(long value) {
      this.mostBytes = value;
      return this;
    }

    /** Sets whether files that only the target has are deleted. */
    public Builder delete(boolean value) {
      this.deletes = value;
      return this;
    }

    /**
     * Sets how many files may be deleted; if there are more, none is.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Builder maxDelete(long value) {
      if (value < 0) {
        throw new IllegalArgumentException("maxDelete is " + value);
      }
      this.maxDelete = value;
      return this;
    }

    /** Sets whether a source without any file is believed, if there is a {@link #maxDelete} too. */
    public Builder allowEmptySource(boolean value) {
      this.allowsEmptySource = value;
      return this;
    }

    /**
     * Sets whether files are renamed at the target. Without {@link Compare#DIGEST}, digests are
     * asked for only of files that one side alone has and that have the same size.
     */
    public Builder renames(boolean value) {
      this.renames = value;
      return this;
    }

    /** Sets whether a file of equal digest gets the source's time. */
    public Builder setTimes(boolean value) {
      this.setsTimes = value;
      return this;
    }

    /** Sets whether a target that is newer than its source is left alone. */
    public Builder keepNewer(boolean value) {
      this.keepsNewer = value;
      return this;
    }

    /** Sets whether it is only planned. */
    public Builder dryRun(boolean value) {
      this.dryRun = value;
      return this;
    }

    /**
     * Sets how many files are copied at once.
     *
     * @throws IllegalArgumentException if it is not 1 to {@link #MOST_PARALLEL}
     */
    public Builder parallel(int value) {
      if (value < 1 || value > MOST_PARALLEL) {
        throw new IllegalArgumentException(
            "parallel is " + value + ", allowed are 1 to " + MOST_PARALLEL);
      }
      this.parallel = value;
      return this;
    }

    /** Sets what holds for each file. */
    public Builder files(TransferOptions value) {
      this.files = Objects.requireNonNull(value, "files");
      return this;
    }

    /** Sets who is told how the whole comes along. */
    public Builder listener(TransferListener value) {
      this.listener = Objects.requireNonNull(value, "listener");
      return this;
    }

    /**
     * Builds the options.
     *
     * @throws IllegalArgumentException if a pattern is malformed
     */
    public SyncOptions build() {
      return new SyncOptions(this);
    }
  }
}
