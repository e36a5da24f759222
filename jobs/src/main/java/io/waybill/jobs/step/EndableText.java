package io.waybill.jobs.step;

import java.util.regex.Pattern;

/**
 * A text in which a regular expression is looked for until the attempt ends: an expression may need
 * more time than there is for a text that somebody else has chosen, and its matcher cannot be ended
 * but by the text that it reads.
 */
final class EndableText implements CharSequence {
  private final String text;

  /** Ends a matcher in its middle, from where no {@link InterruptedException} comes. */
  private static final class Ended extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Ended() {
      super("ended in the middle of a regular expression", null, false, false);
    }
  }

  private EndableText(String text) {
    this.text = text;
  }

  static EndableText of(String text) {
    return new EndableText(text);
  }

  /**
   * Says whether an expression is found somewhere in it.
   *
   * @throws InterruptedException if the thread is interrupted before that is known
   */
  boolean has(Pattern expression) throws InterruptedException {
    try {
      return expression.matcher(this).find();
    } catch (Ended e) {
      Thread.interrupted();
      throw new InterruptedException(e.getMessage());
    }
  }

  @Override
  public char charAt(int index) {
    if (Thread.currentThread().isInterrupted()) {
      throw new Ended();
    }
    return text.charAt(index);
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return text.subSequence(start, end);
  }

  @Override
  public String toString() {
    return text;
  }
}
