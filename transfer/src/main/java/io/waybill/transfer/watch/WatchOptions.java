package io.waybill.transfer.watch;

import io.waybill.transfer.file.PathFilter;
import io.waybill.transfer.file.SettledFiles;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** What a watch looks for, and how often. */
public final class WatchOptions {
  /** How files that are finished at the same time are ordered. */
  public enum Order {
    /** By their paths. */
    NAME,
    /** By their modification times, the oldest first, then by their paths. */
    TIME
  }

  private final Duration interval;
  private final Duration settle;
  private final String doneFile;
  private final List<String> includes;
  private final List<String> excludes;
  private final List<String> temporary;
  private final boolean recursive;
  private final boolean events;
  private final Order order;
  private final int batch;
  private final int emptyLooks;
  private final int mostFiles;

  private WatchOptions(Builder builder) {
    this.interval = builder.interval;
    this.settle = builder.settle;
    this.doneFile = builder.doneFile;
    this.includes = builder.includes;
    this.excludes = builder.excludes;
    this.temporary = builder.temporary;
    this.recursive = builder.recursive;
    this.events = builder.events;
    this.order = builder.order;
    this.batch = builder.batch;
    this.emptyLooks = builder.emptyLooks;
    this.mostFiles = builder.mostFiles;
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the longest time between two looks; default 10 s. */
  public Duration interval() {
    return interval;
  }

  /**
   * Returns how long a file must stay as it is, between two looks; default 5 s. With zero it counts
   * as soon as it is seen, which is right only where files are renamed into the directory.
   */
  public Duration settle() {
    return settle;
  }

  /** Says whether directories below are watched, too; by default not. */
  public boolean isRecursive() {
    return recursive;
  }

  /** Says whether the system's events are used to look sooner; default. */
  public boolean usesEvents() {
    return events;
  }

  /** Returns the order within what is found at once; default {@link Order#NAME}. */
  public Order order() {
    return order;
  }

  /** Returns how many files are handed over at once at the most; default 100. */
  public int batch() {
    return batch;
  }

  /**
   * Returns how many further looks it takes until files count as gone that went in a way that looks
   * like an unmounted disk; default 5.
   */
  public int emptyLooks() {
    return emptyLooks;
  }

  /** Returns how many files are remembered at the most; default 1,000,000. */
  public int mostFiles() {
    return mostFiles;
  }

  List<String> excludes() {
    return excludes;
  }

  /** Returns the rules by which a file is finished. */
  SettledFiles rules() {
    return new SettledFiles(settle, doneFile, temporary);
  }

  /** Returns which files are wanted. */
  PathFilter wanted() {
    return PathFilter.of(includes, excludes);
  }

  /** Collects what is not usual. */
  public static final class Builder {
    private Duration interval = Duration.ofSeconds(10);
    private Duration settle = Duration.ofSeconds(5);
    private String doneFile = "";
    private List<String> includes = List.of();
    private List<String> excludes = List.of();
    private List<String> temporary = SettledFiles.TEMPORARY;
    private boolean recursive;
    private boolean events = true;
    private Order order = Order.NAME;
    private int batch = 100;
    private int emptyLooks = 5;
    private int mostFiles = 1_000_000;

    private Builder() {}

    /**
     * Sets the longest time between two looks.
     *
     * @throws IllegalArgumentException unless it is positive
     */
    public Builder interval(Duration value) {
      if (value.isZero() || value.isNegative()) {
        throw new IllegalArgumentException("interval is " + value);
      }
      interval = value;
      return this;
    }

    /**
     * Sets how long a file must stay as it is.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Builder settle(Duration value) {
      if (value.isNegative()) {
        throw new IllegalArgumentException("settle is " + value);
      }
      settle = value;
      return this;
    }

    /**
     * Sets the name of the file that says that another is finished, such as <code>{name}.done
     * </code>; empty for none, the default. Done-files themselves are not handed over, nor removed.
     */
    public Builder doneFile(String value) {
      doneFile = Objects.requireNonNull(value, "doneFile");
      return this;
    }

    /** Sets which files are wanted, by patterns as {@link PathFilter} describes them. */
    public Builder filter(List<String> include, List<String> exclude) {
      includes = List.copyOf(include);
      excludes = List.copyOf(exclude);
      return this;
    }

    /** Sets the names of files that never count; default {@link SettledFiles#TEMPORARY}. */
    public Builder temporary(List<String> patterns) {
      temporary = List.copyOf(patterns);
      return this;
    }

    /** Sets whether directories below are watched, too. */
    public Builder recursive(boolean value) {
      recursive = value;
      return this;
    }

    /** Sets whether the system's events are used to look sooner. */
    public Builder events(boolean value) {
      events = value;
      return this;
    }

    /** Sets the order. */
    public Builder order(Order value) {
      order = Objects.requireNonNull(value, "order");
      return this;
    }

    /**
     * Sets how many files are handed over at once.
     *
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder batch(int value) {
      batch = atLeastOne("batch", value);
      return this;
    }

    /**
     * Sets how many looks confirm that files are gone.
     *
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder emptyLooks(int value) {
      emptyLooks = atLeastOne("emptyLooks", value);
      return this;
    }

    /**
     * Sets how many files are remembered.
     *
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder mostFiles(int value) {
      mostFiles = atLeastOne("mostFiles", value);
      return this;
    }

    private static int atLeastOne(String name, int value) {
      if (value < 1) {
        throw new IllegalArgumentException(name + " is " + value);
      }
      return value;
    }

    /**
     * Builds the options.
     *
     * @throws IllegalArgumentException if a pattern or the done-file's name is malformed
     */
    public WatchOptions build() {
      WatchOptions options = new WatchOptions(this);
      options.rules();
      options.wanted();
      return options;
    }
  }
}
