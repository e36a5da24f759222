package io.waybill.jobs.step;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.file.PathFilter;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What one copy outside of any job shall do. */
public final class CopyRequest {
  private final List<Place> sources;
  private final Place target;
  private final TransferOptions options;
  private final List<String> includes;
  private final List<String> excludes;
  private final PathFilter filter;
  private final LinkOptions link;
  private final Optional<Duration> settle;
  private final SidecarTerms sidecars;
  private final boolean dryRun;
  private final boolean move;
  private final Optional<List<FileEntry>> listed;

  private CopyRequest(Builder builder) {
    this.sources = List.copyOf(builder.sources);
    this.target = builder.target;
    this.options = builder.options;
    this.includes = builder.includes;
    this.excludes = builder.excludes;
    this.filter = PathFilter.of(includes, excludes);
    this.link = builder.link;
    this.settle = builder.settle;
    this.sidecars = builder.sidecars;
    this.dryRun = builder.dryRun;
    this.move = builder.move;
    this.listed = builder.listed;
  }

  /**
   * Starts a request.
   *
   * @param sources files, directories (their contents) or patterns; at least one
   * @param target a directory if it is one or its path ends in {@code /}, else a file
   */
  public static Builder builder(List<Place> sources, Place target) {
    return new Builder(sources, target);
  }

  /** Returns what is copied. */
  public List<Place> sources() {
    return sources;
  }

  /** Returns where to. */
  public Place target() {
    return target;
  }

  /** Returns what holds for each file; its listener is not used. */
  public TransferOptions options() {
    return options;
  }

  /** Returns the patterns of the files that are taken; none stands for all. */
  public List<String> includes() {
    return includes;
  }

  /** Returns the patterns of what is left out. */
  public List<String> excludes() {
    return excludes;
  }

  /** Returns how connections are used. */
  public LinkOptions link() {
    return link;
  }

  /** Returns which files are taken, by their names below a source; default all. */
  public PathFilter filter() {
    return filter;
  }

  /**
   * Returns how long a file must stay as it is before it is taken; by default that is not asked.
   */
  public Optional<Duration> settle() {
    return settle;
  }

  /** Returns what is done with hash sidecars; default {@link SidecarTerms#NONE}. */
  public SidecarTerms sidecars() {
    return sidecars;
  }

  /** Says whether nothing is written. */
  public boolean isDryRun() {
    return dryRun;
  }

  /** Says whether a source is deleted once its copy is there for good. */
  public boolean isMove() {
    return move;
  }

  /** Returns the files of the one source that are copied; by default it is listed. */
  Optional<List<FileEntry>> listed() {
    return listed;
  }

  /** Starts from this. */
  Builder toBuilder() {
    Builder builder = new Builder(sources, target);
    builder.settle = settle;
    builder.listed = listed;
    return builder
        .options(options)
        .sidecars(sidecars)
        .filter(includes, excludes)
        .link(link)
        .dryRun(dryRun)
        .move(move);
  }

  /** Collects what is not usual. */
  public static final class Builder {
    private final List<Place> sources;
    private final Place target;
    private TransferOptions options = TransferOptions.defaults();
    private List<String> includes = List.of();
    private List<String> excludes = List.of();
    private LinkOptions link = LinkOptions.USUAL;
    private Optional<Duration> settle = Optional.empty();
    private SidecarTerms sidecars = SidecarTerms.NONE;
    private boolean dryRun;
    private boolean move;
    private Optional<List<FileEntry>> listed = Optional.empty();

    private Builder(List<Place> sources, Place target) {
      this.sources = sources;
      this.target = target;
    }

    /** Sets what holds for each file. */
    public Builder options(TransferOptions value) {
      options = Objects.requireNonNull(value, "options");
      return this;
    }

    /** Sets which files are taken, by patterns as {@link PathFilter} describes them. */
    public Builder filter(List<String> include, List<String> exclude) {
      includes = List.copyOf(include);
      excludes = List.copyOf(exclude);
      return this;
    }

    /** Sets how connections are used. */
    public Builder link(LinkOptions value) {
      link = Objects.requireNonNull(value, "link");
      return this;
    }

    /** Sets how long a file must stay as it is before it is taken. */
    public Builder settle(Duration value) {
      settle = Optional.of(value);
      return this;
    }

    /** Sets what is done with hash sidecars. */
    public Builder sidecars(SidecarTerms value) {
      sidecars = Objects.requireNonNull(value, "sidecars");
      return this;
    }

    /** Sets whether nothing is written. */
    public Builder dryRun(boolean value) {
      dryRun = value;
      return this;
    }

    /**
     * Sets whether a source is deleted once its copy is there for good: whole, verified and
     * durable. An equal target is then written anew, as size and time alone prove too little; and
     * only those target policies are possible with which a move that was cut short is simply done
     * again.
     */
    public Builder move(boolean value) {
      move = value;
      return this;
    }

    /** Sets which files of the one source, a directory, are copied, by their names below it. */
    Builder listed(List<FileEntry> files) {
      listed = Optional.of(List.copyOf(files));
      return this;
    }

    /**
     * Builds the request.
     *
     * @throws IllegalArgumentException if there is no source, a pattern is not well formed, a move
     *     would rename or append, or a sidecar be written of what is appended only
     */
    public CopyRequest build() {
      if (sources.isEmpty()) {
        throw new IllegalArgumentException("a copy needs a source");
      }
      TargetPolicy policy = options.targetPolicy();
      if (move && (policy == TargetPolicy.RENAME || policy == TargetPolicy.APPEND)) {
        throw new IllegalArgumentException(
            "a move that was cut short would rename or append twice");
      }
      if (sidecars.write().isPresent() && policy == TargetPolicy.APPEND) {
        throw new IllegalArgumentException(
            "a sidecar would tell of what is appended, and not of the whole file");
      }
      if (move && policy == TargetPolicy.SKIP_EQUAL) {
        options = options.toBuilder().targetPolicy(TargetPolicy.REPLACE).build();
      }
      return new CopyRequest(this);
    }
  }
}
