package io.waybill.mail.template;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import io.waybill.mail.MailException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Renders one template, and the partials it includes; the only class that runs the engine. */
final class CompiledTemplate {
  static final int MAX_CHARACTERS = 10 << 20;

  private final String name;
  private final TagLookup lookup;
  private final Template template;

  private CompiledTemplate(String name, TagLookup lookup, Template template) {
    this.name = name;
    this.lookup = lookup;
    this.template = template;
  }

  /**
   * Compiles a template whose values are escaped for HTML unless a tag says otherwise.
   *
   * @param partials where they are; null if there are none
   * @throws MailException.InvalidMessage if the template or a partial of it is wrong
   */
  static CompiledTemplate html(TemplateSource source, @Nullable BaseDirectory partials) {
    return new Compilation(".html", partials).compile(source, true);
  }

  /** Compiles a template whose values appear as they are; otherwise like {@link #html}. */
  static CompiledTemplate text(TemplateSource source, @Nullable BaseDirectory partials) {
    return new Compilation(".txt", partials).compile(source, false);
  }

  /**
   * Renders to at most 10,485,760 characters.
   *
   * @param values made by {@link PlainValues}
   * @throws MailException.InvalidMessage if a value is missing, or the bound is reached
   */
  String render(Map<String, Object> values) {
    BoundedWriter out = new BoundedWriter(name, MAX_CHARACTERS);
    try {
      template.execute(values, out);
    } catch (MustacheException e) {
      // what the lookup throws comes wrapped
      if (e.getCause() instanceof MailException why) {
        throw why;
      }
      if (e instanceof MustacheException.Context missing) {
        throw lookup.missing(missing.key);
      }
      throw e;
    }
    return out.toString();
  }

  /** Gathers a template and its partials before the engine sees any of them. */
  private static final class Compilation {
    private static final int MAX_PARTIALS = 32;
    private static final int MAX_PARTIAL_DEPTH = 8;

    private final String extension;
    private final @Nullable BaseDirectory directory;
    private final List<Tag> tags = new ArrayList<>();
    private final List<String> partials = new ArrayList<>();
    private final Map<Path, Integer> known = new HashMap<>();
    private final Deque<Path> including = new ArrayDeque<>();

    Compilation(String extension, @Nullable BaseDirectory directory) {
      this.extension = extension;
      this.directory = directory;
    }

    CompiledTemplate compile(TemplateSource source, boolean escaped) {
      String compiled = scan(source);
      TagLookup lookup = new TagLookup(List.copyOf(tags));
      List<String> included = List.copyOf(partials);
      Template template =
          Mustache.compiler()
              .escapeHTML(escaped)
              .strictSections(true)
              .withCollector(lookup)
              .withLoader(number -> new StringReader(included.get(Integer.parseInt(number))))
              .compile(compiled);
      return new CompiledTemplate(source.name(), lookup, template);
    }

    private String scan(TemplateSource source) {
      return new TagScanner(source, this::keep, this::partial).scan();
    }

    private int keep(Tag tag) {
      tags.add(tag);
      return tags.size() - 1;
    }

    private int partial(String partial, String place) {
      if (directory == null) {
        throw refused(place, partial, "cannot be found: the template came without a directory");
      }
      String file = partial + extension;
      try {
        Path real = directory.find(file);
        Integer number = known.get(real);
        return number == null ? include(file, real, place) : number;
      } catch (BaseDirectory.Refused e) {
        throw refused(place, partial, e.why());
      }
    }

    private int include(String file, Path real, String place) {
      if (including.contains(real)) {
        throw refused(place, file, "includes itself");
      }
      if (including.size() == MAX_PARTIAL_DEPTH || partials.size() == MAX_PARTIALS) {
        throw refused(
            place,
            file,
            "is one too many: at most "
                + MAX_PARTIALS
                + " files, "
                + MAX_PARTIAL_DEPTH
                + " deep, can be included");
      }
      including.push(real);
      String compiled = scan(TemplateSource.read(real, file));
      including.pop();
      partials.add(compiled);
      known.put(real, partials.size() - 1);
      return partials.size() - 1;
    }

    private static MailException.InvalidMessage refused(String place, String partial, String why) {
      return new MailException.InvalidMessage(
          place, -1, "includes the partial '" + partial + "', which " + why);
    }
  }
}
