package io.waybill.jobs.expression;

/**
 * A text does not say a value of the type that is needed. The message continues a sentence that
 * starts with the key's name: {@code is not a duration: "5 minutes"; write 500ms, 10s, 5m, 1h or
 * 2d}.
 */
public final class BadValueException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  BadValueException(String message) {
    super(message);
  }
}
