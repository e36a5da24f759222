package io.waybill.jobs.step;

import io.waybill.jobs.Secret;
import io.waybill.jobs.Step;
import io.waybill.jobs.http.CssPath;
import io.waybill.jobs.json.JsonPointer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Sends one request to a web server.
 *
 * @param target who is asked
 * @param request what is asked
 * @param answer what is done with the answer
 * @param patience how long it is waited for
 */
public record HttpRequestStep(HttpTarget target, Request request, Answer answer, Patience patience)
    implements Step {
  public HttpRequestStep {
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(request, "request");
    Objects.requireNonNull(answer, "answer");
    Objects.requireNonNull(patience, "patience");
  }

  /**
   * What is asked.
   *
   * @param method in upper case
   * @param headers by name
   * @param secretHeaders by name; each is asked for when the request is sent
   * @param body its content
   * @param isRepeatable whether sending it twice does no more than sending it once
   */
  public record Request(
      String method,
      Map<String, String> headers,
      Map<String, Secret> secretHeaders,
      Body body,
      boolean isRepeatable) {
    public Request {
      headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
      secretHeaders = Collections.unmodifiableMap(new LinkedHashMap<>(secretHeaders));
    }
  }

  /** What a request holds. */
  public sealed interface Body {
    /** Nothing. */
    record Nothing() implements Body {}

    /**
     * A text, in UTF-8.
     *
     * @param type what it is, where no header says it
     */
    record Text(String text, String type) implements Body {}

    /** A file, as it is. */
    record OfFile(Path file) implements Body {}
  }

  /**
   * What is done with the answer.
   *
   * @param expected the statuses that are success; none for 200 to 299
   * @param mostBytes longer ones are a failure
   * @param file where it is kept; empty to keep its beginning as an output
   * @param extract what is read from it, by the name of the output
   */
  public record Answer(
      Set<Integer> expected, long mostBytes, Optional<Path> file, Map<String, Extract> extract) {
    public Answer {
      expected = Set.copyOf(expected);
      extract = Collections.unmodifiableMap(new LinkedHashMap<>(extract));
    }

    boolean expects(int status) {
      return expected.isEmpty() ? status >= 200 && status < 300 : expected.contains(status);
    }
  }

  /** Where a value is in an answer. */
  public sealed interface Extract {
    /** In JSON. */
    record OfJson(JsonPointer pointer) implements Extract {}

    /** In a page. */
    record OfPage(CssPath path) implements Extract {}
  }

  /**
   * How long it is waited for.
   *
   * @param connect until there is a connection
   * @param reply until the answer begins, and between two of its pieces
   */
  public record Patience(Duration connect, Duration reply) {}
}
