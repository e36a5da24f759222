package io.waybill.jobs.http;

import io.waybill.jobs.JobException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.jsoup.select.Evaluator;
import org.jsoup.select.QueryParser;
import org.jsoup.select.Selector;

/** The way to one element of an HTML page: {@code table.rates td:nth-child(2)}. */
public final class CssPath {
  private final String selector;
  private final Evaluator evaluator;
  private final Optional<String> attribute;

  private CssPath(String selector, Evaluator evaluator, Optional<String> attribute) {
    this.selector = selector;
    this.evaluator = evaluator;
    this.attribute = attribute;
  }

  /**
   * Reads one.
   *
   * @param attribute what is wanted of the element; empty for its text
   * @throws JobException.Configuration if it is no selector
   */
  public static CssPath parse(String selector, Optional<String> attribute) {
    try {
      return new CssPath(selector, QueryParser.parse(selector), attribute);
    } catch (Selector.SelectorParseException | IllegalArgumentException e) {
      throw new JobException.Configuration(
          "not a CSS selector: \"%s\": %s".formatted(selector, e.getMessage()), e);
    }
  }

  /**
   * Returns what the first element that it leads to says.
   *
   * @param charset as the server named it; empty for what the page says of itself
   * @param address of the page, from which relative links count
   * @return empty if there is no such element, or it lacks the attribute
   */
  public Optional<String> find(byte[] html, Optional<String> charset, String address) {
    try {
      Element found =
          Jsoup.parse(new ByteArrayInputStream(html), charset.orElse(null), address)
              .selectFirst(evaluator);
      if (found == null) {
        return Optional.empty();
      }
      if (attribute.isEmpty()) {
        return Optional.of(found.text());
      }
      String name = attribute.get();
      return found.hasAttr(name) ? Optional.of(found.attr(name)) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return selector + attribute.map(name -> " @" + name).orElse("");
  }
}
