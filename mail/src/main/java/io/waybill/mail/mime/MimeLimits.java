package io.waybill.mail.mime;

/** Bounds what reading one message may cost; past a bound the result is partial and says so. */
public final class MimeLimits {
  private final long messageBytes;
  private final int headerBytes;
  private final int headers;
  private final int parts;
  private final int depth;
  private final int encodedWords;
  private final int textBytes;

  private MimeLimits(Builder builder) {
    messageBytes = builder.messageBytes;
    headerBytes = builder.headerBytes;
    headers = builder.headers;
    parts = builder.parts;
    depth = builder.depth;
    encodedWords = builder.encodedWords;
    textBytes = builder.textBytes;
  }

  /** Returns the default bounds. */
  public static MimeLimits defaults() {
    return builder().build();
  }

  /** Starts from the default bounds. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the largest message; the default is 150 MB. */
  public long messageBytes() {
    return messageBytes;
  }

  /** Returns the largest header block of one part; the default is 256 kB. */
  public int headerBytes() {
    return headerBytes;
  }

  /** Returns the most headers of one part; the default is 1,000. */
  public int headers() {
    return headers;
  }

  /** Returns the most parts; the default is 1,000. */
  public int parts() {
    return parts;
  }

  /** Returns the deepest nesting of multiparts that is looked into; the default is 32. */
  public int depth() {
    return depth;
  }

  /** Returns the most encoded words that are decoded; the default is 10,000. */
  public int encodedWords() {
    return encodedWords;
  }

  /** Returns the largest body given as text; larger ones become attachments; default 16 MiB. */
  public int textBytes() {
    return textBytes;
  }

  /** Builds {@link MimeLimits}; every bound is at least 1. */
  public static final class Builder {
    private long messageBytes = 150_000_000;
    private int headerBytes = 256_000;
    private int headers = 1_000;
    private int parts = 1_000;
    private int depth = 32;
    private int encodedWords = 10_000;
    private int textBytes = 16 * 1024 * 1024;

    private Builder() {}

    /** Sets the largest message. */
    public Builder messageBytes(long bytes) {
      messageBytes = Math.max(1, bytes);
      return this;
    }

    /** Sets the largest header block of one part. */
    public Builder headerBytes(int bytes) {
      headerBytes = Math.max(1, bytes);
      return this;
    }

    /** Sets the most headers of one part. */
    public Builder headers(int count) {
      headers = Math.max(1, count);
      return this;
    }

    /** Sets the most parts. */
    public Builder parts(int count) {
      parts = Math.max(1, count);
      return this;
    }

    /** Sets the deepest nesting that is looked into. */
    public Builder depth(int levels) {
      depth = Math.max(1, levels);
      return this;
    }

    /** Sets the most encoded words that are decoded. */
    public Builder encodedWords(int count) {
      encodedWords = Math.max(1, count);
      return this;
    }

    /** Sets the largest body given as text. */
    public Builder textBytes(int bytes) {
      textBytes = Math.max(1, bytes);
      return this;
    }

    /** Returns the bounds. */
    public MimeLimits build() {
      return new MimeLimits(this);
    }
  }
}
