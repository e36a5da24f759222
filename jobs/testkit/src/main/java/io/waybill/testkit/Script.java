package io.waybill.testkit;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a {@link ScriptedServer} says and wants to hear on one connection, in order.
 *
 * <pre>{@code
 * Script.start()
 *     .reply("220 ready")
 *     .expect("EHLO .+").reply("250-here", "250 SIZE 1000")
 *     .expect("MAIL FROM:<(.*)>").reply("452 4.2.2 no room for $1")
 *     .drop();
 * }</pre>
 *
 * <p>After the last step the server closes the connection in order. Immutable: every method returns
 * a longer script.
 */
public final class Script {
  private final List<Step> steps;

  private Script(List<Step> steps) {
    this.steps = List.copyOf(steps);
  }

  /** Returns the empty script. */
  public static Script start() {
    return new Script(List.of());
  }

  /**
   * Reads one line and requires the whole of it to match {@code regex}. A line that does not match
   * is a problem: the server notes it and closes the connection.
   */
  public Script expect(String regex) {
    return with(new Step.Expect(Pattern.compile(regex)));
  }

  /** Reads lines, whatever they are, up to and with the one that matches {@code regex}. */
  public Script readUntil(String regex) {
    return with(new Step.ReadUntil(Pattern.compile(regex)));
  }

  /**
   * Sends lines, each ended with CRLF. {@code $1} to {@code $9} stand for the groups of the line
   * matched last ({@code \$} for a dollar sign), so that an IMAP tag can be given back.
   */
  public Script reply(String... lines) {
    return with(new Step.Reply(List.of(lines)));
  }

  /** Sends bytes as they are, with no line end added. */
  public Script send(byte[] bytes) {
    return with(new Step.Send(bytes.clone()));
  }

  /** Sends text as UTF-8 bytes as it is, with no line end added. */
  public Script send(String text) {
    return send(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Closes the connection in order (FIN). */
  public Script drop() {
    return with(new Step.Drop(false));
  }

  /** Breaks the connection (RST). */
  public Script reset() {
    return with(new Step.Drop(true));
  }

  /** Says nothing more and keeps the connection open until the server closes. */
  public Script stall() {
    return with(new Step.Stall());
  }

  List<Step> steps() {
    return steps;
  }

  private Script with(Step step) {
    List<Step> longer = new ArrayList<>(steps);
    longer.add(step);
    return new Script(longer);
  }

  /** One thing to do on the connection. */
  sealed interface Step {
    record Expect(Pattern pattern) implements Step {}

    record ReadUntil(Pattern pattern) implements Step {}

    record Reply(List<String> lines) implements Step {}

    @SuppressWarnings("ArrayRecordComponent") // private to the script, compared by nobody
    record Send(byte[] bytes) implements Step {}

    record Drop(boolean isReset) implements Step {}

    record Stall() implements Step {}
  }
}
