package io.waybill.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Plays one {@link Script} on one connection. */
final class ScriptPlayer {
  private static final Pattern GROUP = Pattern.compile("\\\\\\$|\\$([1-9])");

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final List<String> received;
  private final CountDownLatch closing;
  private @Nullable Matcher lastMatch;

  ScriptPlayer(Socket socket, List<String> received, CountDownLatch closing) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
    this.received = received;
    this.closing = closing;
  }

  void play(Script script) throws IOException, InterruptedException {
    for (Script.Step step : script.steps()) {
      if (step instanceof Script.Step.Expect expect) {
        expect(expect.pattern());
      } else if (step instanceof Script.Step.ReadUntil until) {
        readUntil(until.pattern());
      } else if (step instanceof Script.Step.Reply reply) {
        reply(reply.lines());
      } else if (step instanceof Script.Step.Send send) {
        out.write(send.bytes());
      } else if (step instanceof Script.Step.Stall) {
        closing.await();
      } else if (step instanceof Script.Step.Drop drop) {
        if (drop.isReset()) {
          socket.setSoLinger(true, 0);
        }
        return;
      }
    }
  }

  private void expect(Pattern pattern) throws IOException {
    String line = readLine("a line matching \"" + pattern + "\"");
    Matcher matcher = pattern.matcher(line);
    if (!matcher.matches()) {
      throw new LeftScriptException("expected \"" + pattern + "\" but got \"" + line + "\"");
    }
    lastMatch = matcher;
  }

  private void readUntil(Pattern pattern) throws IOException {
    Matcher matcher;
    do {
      matcher = pattern.matcher(readLine("lines up to one matching \"" + pattern + "\""));
    } while (!matcher.matches());
    lastMatch = matcher;
  }

  private void reply(List<String> lines) throws IOException {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(fillIn(line)).append("\r\n"));
    // one write, so that a reply of several lines is one segment as from a real server
    out.write(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private String fillIn(String line) {
    return GROUP
        .matcher(line)
        .replaceAll(
            reference -> {
              String number = reference.group(1);
              return Matcher.quoteReplacement(number == null ? "$" : group(number));
            });
  }

  private String group(String number) {
    Matcher match = lastMatch;
    int index = Integer.parseInt(number);
    if (match == null || index > match.groupCount()) {
      throw new IllegalArgumentException("the script replies $" + number + " without that group");
    }
    String value = match.group(index);
    return value == null ? "" : value;
  }

  private String readLine(String wanted) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next;
    while ((next = in.read()) != '\n') {
      if (next < 0) {
        throw new LeftScriptException("the client ended the connection instead of " + wanted);
      }
      line.write(next);
    }
    String text = line.toString(StandardCharsets.UTF_8);
    String bare = text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    received.add(bare);
    return bare;
  }

  /** The client did something else than the script expects. */
  static final class LeftScriptException extends IOException {
    private static final long serialVersionUID = 1L;

    LeftScriptException(String message) {
      super(message);
    }
  }
}
