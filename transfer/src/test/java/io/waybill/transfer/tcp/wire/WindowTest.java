package io.waybill.transfer.tcp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Windows over simulated lines. */
class WindowTest {
  private static final long MIB = 1 << 20;
  private static final long MILLI = 1_000_000;

  private final Window.Room room = new Window.Room();

  /**
   * Sends chunks of 1 MiB over a line with a rate and a round trip, and returns the window's size
   * afterwards. The sender's window grows with what the receiver gives.
   */
  private static long simulate(
      Window window, long nanosPerChunk, long roundTrip, long diskNanos, int chunks) {
    long[] acknowledged = new long[chunks];
    long[] given = new long[chunks];
    long credit = window.bytes();
    int answered = 0;
    long sender = 0;
    long line = 0;
    long receiver = 0;
    for (int i = 0; i < chunks; i++) {
      boolean isStarved = false;
      while (answered < i && acknowledged[answered] <= sender) {
        credit += given[answered++];
      }
      while (credit < MIB) {
        isStarved = true;
        sender = acknowledged[answered];
        credit += given[answered++];
      }
      credit -= MIB;
      line = Math.max(sender, line) + nanosPerChunk;
      long headerComes = line - nanosPerChunk + roundTrip / 2;
      long waited = Math.max(0, headerComes - receiver);
      receiver = Math.max(line + roundTrip / 2, receiver) + diskNanos;
      given[i] = MIB + window.arrived(MIB, isStarved, waited, receiver);
      acknowledged[i] = receiver + roundTrip / 2;
    }
    return window.bytes();
  }

  @Test
  void growsToTheLimitOnALongFastLine() {
    Window window = new Window(room, 0);
    assertThat(simulate(window, 4 * MILLI, 200 * MILLI, 0, 9)).isEqualTo(16 * MIB);
    assertThat(simulate(new Window(new Window.Room(), 0), 4 * MILLI, 200 * MILLI, 0, 200))
        .isEqualTo(32 * MIB);
  }

  @Test
  void staysWhereTheLineIsWhatLimits() {
    assertThat(simulate(new Window(room, 0), 40 * MILLI, 200 * MILLI, 0, 200)).isEqualTo(8 * MIB);
  }

  @Test
  void staysWhereTheDiskIsWhatLimits() {
    assertThat(simulate(new Window(room, 0), 4 * MILLI, 200 * MILLI, 40 * MILLI, 200))
        .isEqualTo(8 * MIB);
  }

  @Test
  void staysWhereTheRoundTripIsShort() {
    assertThat(simulate(new Window(room, 0), 4 * MILLI, MILLI, 0, 200)).isEqualTo(8 * MIB);
  }

  @Test
  void growsNoFurtherThanTheLineNeeds() {
    // 100 ms are 13 chunks: 8 MiB are too little, 16 enough
    assertThat(simulate(new Window(room, 0), 8 * MILLI, 100 * MILLI, 0, 400)).isEqualTo(16 * MIB);
  }

  @Test
  void doublesAtMostOnceAWindowAndNotBeforeTheLastDoublingShows() {
    Window window = new Window(room, 0);
    long given = 0;
    for (int i = 1; i <= 31; i++) {
      given += window.arrived(MIB, true, 100 * MILLI, i * (100 * MILLI));
      assertThat(given).as("after %d chunks", i).isEqualTo(i < 8 ? 0 : 8 * MIB);
    }
    assertThat(window.arrived(MIB, true, 100 * MILLI, 3_200 * MILLI)).isEqualTo(16 * MIB);
  }

  @Test
  void waitsWhileTheSenderHadCreditDoNotCount() {
    Window window = new Window(room, 0);
    for (int i = 1; i <= 100; i++) {
      assertThat(window.arrived(MIB, false, 100 * MILLI, i * (100 * MILLI))).isZero();
    }
  }

  @Test
  void streamsOfASessionShareTheRoomAndGiveItBack() {
    Window one = new Window(room, 0);
    Window two = new Window(room, 0);
    assertThat(simulate(one, 4 * MILLI, 200 * MILLI, 0, 200)).isEqualTo(16 * MIB);
    assertThat(simulate(two, 4 * MILLI, 200 * MILLI, 0, 200)).isEqualTo(16 * MIB);
    one.close();
    one.close();
    assertThat(simulate(two, 4 * MILLI, 200 * MILLI, 0, 200)).isEqualTo(32 * MIB);
  }

  @Test
  void furtherStreamsBeginAsAlwaysButDoNotGrow() {
    for (int i = 0; i < 3; i++) {
      assertThat(new Window(room, 0).bytes()).isEqualTo(8 * MIB);
    }
    Window fourth = new Window(room, 0);
    assertThat(simulate(fourth, 4 * MILLI, 200 * MILLI, 0, 200)).isEqualTo(8 * MIB);
  }
}
