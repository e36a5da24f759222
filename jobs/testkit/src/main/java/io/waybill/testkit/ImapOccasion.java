package io.waybill.testkit;

import java.io.IOException;
import java.time.Duration;

/**
 * When a {@link ScriptedImapServer} does otherwise, and then what.
 *
 * <pre>{@code
 * server.at("UID FETCH").once().drop();
 * server.at("SELECT").reply("{tag} NO [UNAVAILABLE] later");
 * server.at("NOOP").adding("* OK [ALERT] the disk is nearly full");
 * }</pre>
 *
 * <p>Unless narrowed down it means every such command from now on; the latest word counts most.
 */
public final class ImapOccasion {
  private final ScriptedImapServer server;
  private final String start;
  private int first = 1;
  private int last = Integer.MAX_VALUE;

  ImapOccasion(ScriptedImapServer server, String start) {
    this.server = server;
    this.start = start;
  }

  /** What a server does. */
  @FunctionalInterface
  interface Deed {
    void on(ImapConversation conversation) throws IOException;
  }

  /** Means the next time only. */
  public ImapOccasion once() {
    return nth(1);
  }

  /** Means one time only, from 1, from now on and over all connections. */
  public ImapOccasion nth(int number) {
    first = number;
    last = number;
    return this;
  }

  /** Sends these lines instead; {@code {tag}} in them is the command's. */
  public ScriptedImapServer reply(String... lines) {
    return does(conversation -> conversation.send(lines));
  }

  /** Sends these lines before what it says anyway. */
  public ScriptedImapServer adding(String... lines) {
    return does(
        conversation -> {
          conversation.send(lines);
          conversation.ordinarily();
        });
  }

  /** Does something else first, and then what it does anyway. */
  public ScriptedImapServer after(Runnable first) {
    return does(
        conversation -> {
          first.run();
          conversation.ordinarily();
        });
  }

  /** Does what it does anyway, but a while later. */
  public ScriptedImapServer delayedBy(Duration time) {
    return does(
        conversation -> {
          server.pause(time);
          conversation.ordinarily();
        });
  }

  /** Says nothing and ends the connection. */
  public ScriptedImapServer drop() {
    return does(ImapConversation::hangUp);
  }

  /** Begins to answer, and ends the connection after so many bytes. */
  public ScriptedImapServer dropAfter(int bytes) {
    return does(
        conversation -> {
          conversation.limit(bytes);
          conversation.ordinarily();
        });
  }

  /** Says goodbye and ends the connection. */
  public ScriptedImapServer bye(String text) {
    return does(
        conversation -> {
          conversation.send("* BYE " + text);
          conversation.hangUp();
        });
  }

  /** Reads on and says nothing any more, until the client or the server is closed. */
  public ScriptedImapServer stall() {
    return does(ImapConversation::stall);
  }

  /** Goes into IDLE, and says these lines in it before what happens. */
  public ScriptedImapServer remarking(String... lines) {
    return does(conversation -> conversation.idle(lines));
  }

  /** Goes into IDLE, and then neither tells nor answers anything: half open. */
  public ScriptedImapServer halfOpen() {
    return does(
        conversation -> {
          conversation.send("+ idling");
          conversation.stall();
        });
  }

  private ScriptedImapServer does(Deed deed) {
    server.arm(new Rule(start, first, last, deed));
    return server;
  }

  /** One thing to be done otherwise. */
  static final class Rule {
    private final String start;
    private final int first;
    private final int last;
    private final Deed deed;
    private int seen;

    Rule(String start, int first, int last, Deed deed) {
      this.start = start;
      this.first = first;
      this.last = last;
      this.deed = deed;
    }

    /** Whether it is for a command, and this time. */
    synchronized boolean isDue(String command) {
      if (!command.regionMatches(true, 0, start, 0, start.length())) {
        return false;
      }
      seen++;
      return first <= seen && seen <= last;
    }

    Deed deed() {
      return deed;
    }
  }
}
