package io.waybill.mail.template;

import io.waybill.mail.MailException;
import java.io.Writer;

/** Collects what a template renders to, up to a bound. */
final class BoundedWriter extends Writer {
  private final StringBuilder text = new StringBuilder();
  private final String name;
  private final int most;

  /** Names the template for errors, and sets the most characters it may render to. */
  BoundedWriter(String name, int most) {
    this.name = name;
    this.most = most;
  }

  @Override
  public void write(char[] chars, int offset, int length) {
    requireRoom(length);
    text.append(chars, offset, length);
  }

  @Override
  public BoundedWriter append(CharSequence more) {
    requireRoom(more.length());
    text.append(more);
    return this;
  }

  private void requireRoom(int length) {
    if (length > most - text.length()) {
      throw new MailException.InvalidMessage(
          "template " + name, -1, "renders to more than " + most + " characters with this data");
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}

  @Override
  public String toString() {
    return text.toString();
  }
}
