package io.waybill.jobs.expression;

/** A text has an expression in it that is malformed. */
public final class TemplateSyntaxException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;
  private final int offset;

  TemplateSyntaxException(String message, int offset) {
    super(message);
    this.offset = offset;
  }

  /** Returns where the text stopped making sense, in {@code char}s from its start. */
  public int offset() {
    return offset;
  }
}
