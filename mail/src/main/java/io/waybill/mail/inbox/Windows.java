package io.waybill.mail.inbox;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Divides a range of UIDs so that each part holds some thousands of messages: more in one answer
 * would cost memory, fewer a round trip each. UIDs may be anything but dense, so the parts grow
 * while little is found.
 */
public final class Windows implements Iterator<Windows.Window> {
  private static final long FIRST_WIDTH = 4096;
  private static final int FEW = 1000;
  private static final int MANY = 8000;

  private final long last;
  private long next;
  private long width = FIRST_WIDTH;

  /** Divides the UIDs from the first to the last. */
  public Windows(long first, long last) {
    this.next = first;
    this.last = last;
  }

  /**
   * A part of the range.
   *
   * @param first the lowest UID
   * @param last the highest
   */
  public record Window(long first, long last) {}

  @Override
  public boolean hasNext() {
    return next <= last;
  }

  @Override
  public Window next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Window window = new Window(next, Math.min(last, next + width - 1));
    next = window.last() + 1;
    return window;
  }

  /** Hears how many messages there were in the last part. */
  public void found(int messages) {
    if (messages < FEW) {
      width *= 2;
    } else if (messages > MANY) {
      width = Math.max(FIRST_WIDTH, width / 2);
    }
  }

  /** Divides UIDs into parts of at most so many. */
  public static List<long[]> parts(long[] uids, int most) {
    List<long[]> parts = new ArrayList<>();
    for (int from = 0; from < uids.length; from += most) {
      parts.add(Arrays.copyOfRange(uids, from, Math.min(uids.length, from + most)));
    }
    return parts;
  }
}
