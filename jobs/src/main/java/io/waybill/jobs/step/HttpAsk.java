package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.json.JsonPointer;
import io.waybill.jobs.log.SecretMask;
import io.waybill.jobs.step.HttpRequestStep.Body;
import io.waybill.jobs.step.HttpRequestStep.Extract;
import io.waybill.scheduler.FailureClass;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.http.WebAnswer;
import io.waybill.transfer.http.WebExchange;
import io.waybill.transfer.http.WebRequest;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sends the request of one {@code http.request}, and reads its answer. */
final class HttpAsk {
  private static final Pattern CHARSET =
      Pattern.compile("charset=\"?([A-Za-z0-9._:-]+)", Pattern.CASE_INSENSITIVE);
  private static final int MOST_BODY_OUTPUT = 64 << 10;
  private static final int MOST_WORDS = 1 << 10;
  private static final int SHOWN_WORDS = 200;

  private final HttpRequestStep step;
  private final HttpTarget.At at;

  HttpAsk(HttpRequestStep step, HttpTarget.At at) {
    this.step = step;
    this.at = at;
  }

  /** Makes the request; secrets are asked for. */
  WebRequest request() {
    HttpRequestStep.Request wanted = step.request();
    Map<String, String> headers = new LinkedHashMap<>();
    if (wanted.body() instanceof Body.Text text) {
      headers.put("Content-Type", text.type());
    } else if (wanted.body() instanceof Body.OfFile) {
      headers.put("Content-Type", "application/octet-stream");
    }
    wanted.headers().forEach((name, value) -> put(headers, name, value));
    wanted.secretHeaders().forEach((name, value) -> put(headers, name, value.get()));
    return new WebRequest(
        wanted.method(),
        at.address(),
        headers,
        publisher(wanted.body()),
        new WebRequest.Manner(step.target().redirects(), wanted.isRepeatable()));
  }

  private static void put(Map<String, String> headers, String name, String value) {
    if (!HttpRequestStepType.isHeaderValue(value)) {
      throw new JobException.Configuration(
          "the value of the header \"%s\" holds characters that no header can".formatted(name));
    }
    headers.keySet().removeIf(name::equalsIgnoreCase);
    headers.put(name, value);
  }

  private static BodyPublisher publisher(Body body) {
    if (body instanceof Body.Text text) {
      return BodyPublishers.ofString(text.text(), StandardCharsets.UTF_8);
    }
    if (body instanceof Body.OfFile of) {
      try {
        return BodyPublishers.ofFile(of.file());
      } catch (FileNotFoundException e) {
        throw new JobException.NotFound(
            "there is no file %s to send; correct \"body-file\"".formatted(of.file()));
      }
    }
    return BodyPublishers.noBody();
  }

  /**
   * Sends it and reads what comes.
   *
   * @throws TransferException.Ambiguous if it may have been done, and must not be repeated
   */
  StepResult send(WebRequest request, WebExchange exchange) {
    long begun = System.nanoTime();
    try (WebAnswer answer = exchange.send(request)) {
      if (!step.answer().expects(answer.status())) {
        throw unexpected(answer);
      }
      Map<String, Object> outputs = new LinkedHashMap<>();
      outputs.put("status", (long) answer.status());
      outputs.put("url", answer.address().toString());
      long size =
          step.answer().file().isPresent()
              ? save(answer, step.answer().file().get(), outputs)
              : keep(answer, outputs);
      outputs.put("size", size);
      outputs.put("duration", (System.nanoTime() - begun) / 1_000_000);
      return new StepResult(outputs, size);
    } catch (IOException e) {
      throw new TransferException.Connection(
          at.site().host(), at.shown() + ": " + e.getMessage(), e);
    }
  }

  private long save(WebAnswer answer, Path target, Map<String, Object> outputs) {
    try (WholeFile file = WholeFile.create(target)) {
      Counting counting = new Counting(file.out());
      readAll(answer, counting);
      file.publish();
      outputs.put("file", target.toString());
      return counting.count;
    } catch (IOException e) {
      throw WholeFile.failed(target, e);
    }
  }

  private void readAll(WebAnswer answer, OutputStream out) throws IOException {
    if (!answer.readTo(out, step.answer().mostBytes())) {
      throw new JobException.Expectation(
          "the answer of %s is longer than %d bytes, and nothing of it was kept; raise \"max-size\" if that is right"
              .formatted(at.shown(), step.answer().mostBytes()));
    }
  }

  private long keep(WebAnswer answer, Map<String, Object> outputs) throws IOException {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    readAll(answer, whole);
    byte[] bytes = whole.toByteArray();
    Optional<Charset> charset = answer.header("Content-Type").flatMap(HttpAsk::charset);
    String text =
        SecretMask.ofThisProcess().mask(new String(bytes, charset.orElse(StandardCharsets.UTF_8)));
    step.answer()
        .extract()
        .forEach(
            (name, extract) -> outputs.put(name, extracted(answer, extract, text, bytes, charset)));
    outputs.put("body", beginning(text));
    return bytes.length;
  }

  private static String beginning(String text) {
    return text.length() <= MOST_BODY_OUTPUT
        ? text
        : text.substring(0, MOST_BODY_OUTPUT)
            + "\n[cut: %d of %d characters]".formatted(MOST_BODY_OUTPUT, text.length());
  }

  private Object extracted(
      WebAnswer answer, Extract extract, String text, byte[] bytes, Optional<Charset> charset) {
    if (extract instanceof Extract.OfPage page) {
      return page.path()
          .find(bytes, charset.map(Charset::name), answer.address().toString())
          .map(SecretMask.ofThisProcess()::mask)
          .orElseThrow(
              () ->
                  new JobException.Expectation(
                      "nothing in the answer of %s is \"%s\"".formatted(at.shown(), page.path())));
    }
    JsonPointer pointer = ((Extract.OfJson) extract).pointer();
    String what = "\"%s\" in the answer of %s".formatted(pointer, at.shown());
    try {
      return pointer
          .find(text)
          .orElseThrow(() -> new JobException.Expectation("there is no " + what));
    } catch (JobException.Configuration e) {
      throw new JobException.Expectation(
          "there is no %s, as %s; it begins with: %s".formatted(what, e.getMessage(), words(text)));
    }
  }

  private static Optional<Charset> charset(String type) {
    Matcher named = CHARSET.matcher(type);
    if (!named.find()) {
      return Optional.empty();
    }
    try {
      return Charset.isSupported(named.group(1))
          ? Optional.of(Charset.forName(named.group(1)))
          : Optional.empty();
    } catch (IllegalCharsetNameException e) {
      return Optional.empty(); // what is no name says nothing
    }
  }

  private RuntimeException unexpected(WebAnswer answer) {
    TransferException refusal = answer.refusal();
    String message = refusal.getMessage() + said(answer);
    if (!refusal.isTransient()) {
      return new JobException.Unsuccessful(FailureClass.PERMANENT, message, refusal);
    }
    if (!step.request().isRepeatable() && !wasNotDone(answer.status())) {
      return new TransferException.Ambiguous(
          at.shown(),
          "Nobody knows how much of %s %s was done: %s; write \"retry: safe\" if it may be sent twice"
              .formatted(step.request().method(), at.shown(), message),
          refusal);
    }
    return new JobException.Unsuccessful(
        FailureClass.TRANSIENT, message, refusal, answer.retryAfter());
  }

  // what a server says before it does anything
  private static boolean wasNotDone(int status) {
    return status == 408 || status == 423 || status == 425 || status == 429 || status == 503;
  }

  private static String said(WebAnswer answer) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      answer.readTo(out, MOST_WORDS);
    } catch (IOException | TransferException e) {
      return ""; // the status says enough
    }
    String words = words(out.toString(StandardCharsets.UTF_8));
    return words.isEmpty() ? "" : "; it says: " + words;
  }

  private static String words(String text) {
    String line = text.replaceAll("<[^>]*>", " ").replaceAll("\\s+", " ").strip();
    return line.length() > SHOWN_WORDS ? line.substring(0, SHOWN_WORDS) + "..." : line;
  }

  /** Knows how much went through. */
  private static final class Counting extends OutputStream {
    private final OutputStream out;
    private long count;

    Counting(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int single) throws IOException {
      out.write(single);
      count++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      count += length;
    }
  }
}
