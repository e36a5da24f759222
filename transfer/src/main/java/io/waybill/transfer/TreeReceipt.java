package io.waybill.transfer;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What came of copying a tree. */
public final class TreeReceipt {
  /** How many failures, and how many skipped, are told one by one. */
  public static final int MOST_TOLD = 100;

  private final Location source;
  private final Location target;
  private final long filesCopied;
  private final long filesEqual;
  private final long filesFailed;
  private final long directoriesFailed;
  private final List<Failure> failures;
  private final long bytes;
  private final long bytesEqual;
  private final long bytesResumed;
  private final long bytesSent;
  private final long bytesReused;
  private final Verification verification;
  private final long skipped;
  private final List<Skipped> firstSkipped;
  private final long directoriesMade;
  private final int reconnects;
  private final Instant started;
  private final Duration duration;

  /**
   * A file or directory that failed.
   *
   * @param path relative to the tree; empty for the tree itself
   * @param cause why
   */
  public record Failure(String path, TransferException cause) {}

  /**
   * Something that is not copied.
   *
   * @param path relative to the tree
   * @param isLink whether it is a symbolic link; else a device, a socket, a named pipe
   */
  public record Skipped(String path, boolean isLink) {}

  private TreeReceipt(Builder builder) {
    this.source = Objects.requireNonNull(builder.source, "source");
    this.target = Objects.requireNonNull(builder.target, "target");
    this.filesCopied = builder.filesCopied;
    this.filesEqual = builder.filesEqual;
    this.filesFailed = builder.filesFailed;
    this.directoriesFailed = builder.directoriesFailed;
    this.failures = List.copyOf(builder.failures);
    this.bytes = builder.bytes;
    this.bytesEqual = builder.bytesEqual;
    this.bytesResumed = builder.bytesResumed;
    this.bytesSent = builder.bytesSent;
    this.bytesReused = builder.bytesReused;
    this.verification = builder.verification;
    this.skipped = builder.skipped;
    this.firstSkipped = List.copyOf(builder.firstSkipped);
    this.directoriesMade = builder.directoriesMade;
    this.reconnects = builder.reconnects;
    this.started = Objects.requireNonNull(builder.started, "started");
    this.duration = builder.duration;
  }

  /** Starts an empty receipt; source, target and started are required. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns where the tree came from. */
  public Location source() {
    return source;
  }

  /** Returns where it went. */
  public Location target() {
    return target;
  }

  /** Returns how many files were copied. */
  public long filesCopied() {
    return filesCopied;
  }

  /** Returns how many files were left alone, as the target was equal already. */
  public long filesEqual() {
    return filesEqual;
  }

  /** Returns how many files failed, as far as they are known. */
  public long filesFailed() {
    return filesFailed;
  }

  /**
   * Returns how many directories could not be read or made; the files in one that could not be read
   * are not known and counted nowhere.
   */
  public long directoriesFailed() {
    return directoriesFailed;
  }

  /** Returns the first {@link #MOST_TOLD} failures, of files and of directories. */
  public List<Failure> failures() {
    return failures;
  }

  /** Returns how many bytes the files have that were copied. */
  public long bytes() {
    return bytes;
  }

  /** Returns how many bytes the files have that were equal already. */
  public long bytesEqual() {
    return bytesEqual;
  }

  /**
   * Returns how many of the {@link #bytes} an interrupted try, in this process or an earlier one,
   * had brought. A small file that such a try had published counts as equal instead.
   */
  public long bytesResumed() {
    return bytesResumed;
  }

  /**
   * Returns how many bytes of content travelled for the files that were copied, as they were on the
   * way: without framing, and compressed where large ones were.
   */
  public long bytesSent() {
    return bytesSent;
  }

  /** Returns how many bytes were copied from old targets instead of travelling. */
  public long bytesReused() {
    return bytesReused;
  }

  /**
   * Returns the least level of proof that every file has which was copied or found equal; {@link
   * Verification#NONE} if there was no such file.
   */
  public Verification verification() {
    return verification;
  }

  /** Returns how many symbolic links, devices, sockets and the like were left out. */
  public long skipped() {
    return skipped;
  }

  /** Returns the first {@link #MOST_TOLD} of those left out. */
  public List<Skipped> firstSkipped() {
    return firstSkipped;
  }

  /**
   * Returns how many directories were made on their own account; such as a file needed are not
   * counted if the file came first.
   */
  public long directoriesMade() {
    return directoriesMade;
  }

  /** Returns how many times a lost connection was made again. */
  public int reconnects() {
    return reconnects;
  }

  /** Returns when it began. */
  public Instant started() {
    return started;
  }

  /** Returns how long it took. */
  public Duration duration() {
    return duration;
  }

  /** Says whether nothing failed; what was skipped is no failure. */
  public boolean isComplete() {
    return filesFailed == 0 && directoriesFailed == 0;
  }

  @Override
  public String toString() {
    return "TreeReceipt[source=%s target=%s copied=%d equal=%d failed=%d directoriesFailed=%d bytes=%d resumed=%d sent=%d reused=%d verification=%s skipped=%d directories=%d reconnects=%d duration=%s]"
        .formatted(
            source,
            target,
            filesCopied,
            filesEqual,
            filesFailed,
            directoriesFailed,
            bytes,
            bytesResumed,
            bytesSent,
            bytesReused,
            verification,
            skipped,
            directoriesMade,
            reconnects,
            duration);
  }

  /** Collects the parts of a receipt. */
  public static final class Builder {
    private @Nullable Location source;
    private @Nullable Location target;
    private long filesCopied;
    private long filesEqual;
    private long filesFailed;
    private long directoriesFailed;
    private final List<Failure> failures = new ArrayList<>();
    private long bytes;
    private long bytesEqual;
    private long bytesResumed;
    private long bytesSent;
    private long bytesReused;
    private Verification verification = Verification.NONE;
    private long skipped;
    private final List<Skipped> firstSkipped = new ArrayList<>();
    private long directoriesMade;
    private int reconnects;
    private @Nullable Instant started;
    private Duration duration = Duration.ZERO;

    private Builder() {}

    /** Sets where the tree came from. */
    public Builder source(Location value) {
      this.source = value;
      return this;
    }

    /** Sets where it went. */
    public Builder target(Location value) {
      this.target = value;
      return this;
    }

    /** Sets how many files were copied, and their bytes. */
    public Builder copied(long files, long ofBytes) {
      this.filesCopied = files;
      this.bytes = ofBytes;
      return this;
    }

    /** Sets how many bytes did not travel again. */
    public Builder bytesResumed(long value) {
      this.bytesResumed = value;
      return this;
    }

    /** Sets how many bytes travelled, and how many were taken from old targets instead. */
    public Builder travelled(long sent, long reused) {
      this.bytesSent = sent;
      this.bytesReused = reused;
      return this;
    }

    /** Sets the least level of proof that every file has. */
    public Builder verification(Verification value) {
      this.verification = value;
      return this;
    }

    /** Sets how many files were equal already, and their bytes. */
    public Builder equal(long files, long ofBytes) {
      this.filesEqual = files;
      this.bytesEqual = ofBytes;
      return this;
    }

    /** Sets how many files and how many directories failed, and the first of them. */
    public Builder failed(long files, long directories, List<Failure> first) {
      this.filesFailed = files;
      this.directoriesFailed = directories;
      this.failures.clear();
      this.failures.addAll(first);
      return this;
    }

    /** Sets how many were left out, and the first of them. */
    public Builder skipped(long count, List<Skipped> first) {
      this.skipped = count;
      this.firstSkipped.clear();
      this.firstSkipped.addAll(first);
      return this;
    }

    /** Sets how many directories were made. */
    public Builder directoriesMade(long value) {
      this.directoriesMade = value;
      return this;
    }

    /** Sets how many times the connection was made again. */
    public Builder reconnects(int value) {
      this.reconnects = value;
      return this;
    }

    /** Sets when it began and how long it took. */
    public Builder time(Instant from, Duration taken) {
      this.started = from;
      this.duration = taken;
      return this;
    }

    /**
     * Builds the receipt.
     *
     * @throws NullPointerException if source, target or started is missing
     */
    public TreeReceipt build() {
      return new TreeReceipt(this);
    }
  }
}
