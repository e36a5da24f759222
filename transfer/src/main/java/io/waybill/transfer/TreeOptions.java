package io.waybill.transfer;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What copying a tree shall do beyond the ordinary. */
public final class TreeOptions {
  /** The most files that may be open at once. */
  public static final int MOST_OPEN_FILES = 16;

  private static final TreeOptions DEFAULTS = builder().build();

  private final TransferOptions files;
  private final List<String> includes;
  private final List<String> excludes;
  private final boolean stopsAtFailure;
  private final int openFiles;
  private final @Nullable Consumer<TransferReceipt> receipts;
  private final @Nullable Consumer<TreeReceipt> unfinished;

  private TreeOptions(Builder builder) {
    this.files = builder.files;
    this.includes = builder.includes;
    this.excludes = builder.excludes;
    this.stopsAtFailure = builder.stopsAtFailure;
    this.openFiles = builder.openFiles;
    this.receipts = builder.receipts;
    this.unfinished = builder.unfinished;
  }

  /** Returns the options used when none are given. */
  public static TreeOptions defaults() {
    return DEFAULTS;
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns what holds for each file; its listener is told of the tree as a whole, and its deadline
   * is that of the whole tree. Default {@link TransferOptions#defaults()}.
   */
  public TransferOptions files() {
    return files;
  }

  /** Returns the patterns of the files that count; none stands for all. Default none. */
  public List<String> includes() {
    return includes;
  }

  /** Returns the patterns of what does not count, which win. Default none. */
  public List<String> excludes() {
    return excludes;
  }

  /** Says whether the first file that fails ends the copy; default false: the others go on. */
  public boolean stopsAtFailure() {
    return stopsAtFailure;
  }

  /** Returns how many large files are copied at once; default 4. */
  public int openFiles() {
    return openFiles;
  }

  /** Returns who is told of each file that was copied; default nobody. */
  public Optional<Consumer<TransferReceipt>> receipts() {
    return Optional.ofNullable(receipts);
  }

  /** Returns who is told what was done of a tree that ends by an exception; default nobody. */
  public Optional<Consumer<TreeReceipt>> unfinished() {
    return Optional.ofNullable(unfinished);
  }

  /** Collects options. */
  public static final class Builder {
    private TransferOptions files = TransferOptions.defaults();
    private List<String> includes = List.of();
    private List<String> excludes = List.of();
    private boolean stopsAtFailure;
    private int openFiles = 4;
    private @Nullable Consumer<TransferReceipt> receipts;
    private @Nullable Consumer<TreeReceipt> unfinished;

    private Builder() {}

    /** Sets what holds for each file. */
    public Builder files(TransferOptions value) {
      this.files = Objects.requireNonNull(value, "files");
      return this;
    }

    /**
     * Sets which files count: patterns such as {@code *.csv} or {@code in/**}, as {@code
     * io.waybill.transfer.file.PathFilter} describes them.
     */
    public Builder include(List<String> patterns) {
      this.includes = List.copyOf(patterns);
      return this;
    }

    /** Sets what does not count, patterns of the same kind. */
    public Builder exclude(List<String> patterns) {
      this.excludes = List.copyOf(patterns);
      return this;
    }

    /** Sets whether the first file that fails ends the copy. */
    public Builder stopAtFailure(boolean value) {
      this.stopsAtFailure = value;
      return this;
    }

    /**
     * Sets how many large files are copied at once.
     *
     * @throws IllegalArgumentException if it is not 1 to {@link #MOST_OPEN_FILES}
     */
    public Builder openFiles(int value) {
      if (value < 1 || value > MOST_OPEN_FILES) {
        throw new IllegalArgumentException(
            "openFiles is " + value + ", allowed are 1 to " + MOST_OPEN_FILES);
      }
      this.openFiles = value;
      return this;
    }

    /**
     * Sets who is told of each file once it is there whole, beside the counts in the {@link
     * TreeReceipt}; those that were equal already are not told. Called by several threads, one at a
     * time for small files and one for each large one; what it throws ends the copy.
     */
    public Builder receipts(Consumer<TransferReceipt> value) {
      this.receipts = Objects.requireNonNull(value, "receipts");
      return this;
    }

    /**
     * Sets who is told what was done until then when the copy ends by an exception; just before it
     * is thrown, by the thread that throws it.
     */
    public Builder unfinished(Consumer<TreeReceipt> value) {
      this.unfinished = Objects.requireNonNull(value, "unfinished");
      return this;
    }

    /**
     * Builds the options.
     *
     * @throws TransferException.Configuration if the content of the files is to have one digest
     */
    public TreeOptions build() {
      if (files.expected().isPresent()) {
        throw new TransferException.Configuration(
            "An expected digest is that of one file; copy the tree file by file, each with its own");
      }
      return new TreeOptions(this);
    }
  }
}
