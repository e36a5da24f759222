package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.StepType;
import io.waybill.jobs.config.JobKeys;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the kinds of steps that jars register, by {@link ServiceLoader}. One that cannot be used
 * ends the search: a job file that names it must not be read as if it had a typing mistake.
 */
final class RegisteredSteps {
  private static final Pattern KEBAB = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
  private static final Pattern NAME = Pattern.compile(KEBAB + "(\\." + KEBAB + ")*");
  private static final Pattern PROVIDER = Pattern.compile("Provider (\\S+)");
  private static final String REGISTRATION = "META-INF/services/" + StepType.class.getName();
  private static final int MOST_REGISTERED = 1 << 16;
  private static final String WHAT_NEXT = "; mend its jar, or take it away";

  private final Map<String, StepType<?>> byName = new HashMap<>();
  private final List<StepType<?>> own;

  private RegisteredSteps(List<StepType<?>> own) {
    this.own = List.copyOf(own);
    own.forEach(type -> byName.put(type.name(), type));
  }

  /**
   * Returns the kinds that are registered.
   *
   * @param own those that are there without it
   * @throws JobException.Configuration if one cannot be loaded, says something wrong of itself, or
   *     has a name that is taken
   */
  static List<StepType<?>> beside(List<StepType<?>> own) {
    RegisteredSteps steps = new RegisteredSteps(own);
    List<StepType<?>> found = new ArrayList<>();
    for (StepType<?> type : load()) {
      steps.check(type);
      found.add(type);
    }
    found.sort(Comparator.comparing(StepType::name));
    return found;
  }

  @SuppressWarnings("rawtypes") // a service is a class, and has no arguments
  private static List<StepType<?>> load() {
    List<StepType<?>> found = new ArrayList<>();
    try {
      Iterator<StepType> types = ServiceLoader.load(StepType.class).iterator();
      while (types.hasNext()) {
        found.add(types.next());
      }
      return found;
    } catch (ServiceConfigurationError | LinkageError e) {
      throw new JobException.Configuration(
          "a kind of step that a jar registers cannot be used: "
              + words(e)
              + registration(e).map(place -> ", registered in " + place).orElse("")
              + WHAT_NEXT,
          e);
    }
  }

  /** Returns the jar or the directory that registers the class of a failure. */
  private static Optional<String> registration(Throwable failure) {
    Matcher provider = PROVIDER.matcher(String.valueOf(failure.getMessage()));
    if (!provider.find()) {
      return Optional.empty();
    }
    try {
      for (URL each : Collections.list(loader().getResources(REGISTRATION))) {
        try (InputStream in = each.openStream()) {
          String text = new String(in.readNBytes(MOST_REGISTERED), StandardCharsets.UTF_8);
          if (text.lines().anyMatch(line -> line.strip().startsWith(provider.group(1)))) {
            return Optional.of(
                each.toString().replaceFirst("^jar:", "").replaceFirst("!?/" + REGISTRATION, ""));
          }
        }
      }
    } catch (IOException e) {
      failure.addSuppressed(e); // what went wrong is told without the jar
    }
    return Optional.empty();
  }

  // as ServiceLoader does
  private static ClassLoader loader() {
    ClassLoader ofThread = Thread.currentThread().getContextClassLoader();
    return ofThread != null ? ofThread : ClassLoader.getSystemClassLoader();
  }

  private static String words(Throwable failure) {
    String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    String own = message.replace(StepType.class.getName() + ": ", "");
    return failure instanceof ServiceConfigurationError && failure.getCause() != null
        ? own + ": " + failure.getCause()
        : failure instanceof ServiceConfigurationError ? own : failure.toString();
  }

  private void check(StepType<?> type) {
    Optional<String> wrong;
    try {
      wrong = mistake(type);
    } catch (RuntimeException | LinkageError e) {
      throw new JobException.Configuration(
          "kind of step %s does not say what it is: %s%s".formatted(origin(type), e, WHAT_NEXT), e);
    }
    if (wrong.isPresent()) {
      throw new JobException.Configuration(
          "kind of step %s cannot be used: %s%s".formatted(origin(type), wrong.get(), WHAT_NEXT));
    }
    byName.put(type.name(), type);
  }

  private Optional<String> mistake(StepType<?> type) {
    String name = type.name();
    if (!NAME.matcher(name).matches()) {
      return Optional.of(
          "its name \"%s\" is not made of small letters, digits, \"-\" and \".\", such as acme.csv-check"
              .formatted(name));
    }
    if (JobKeys.step().stream().anyMatch(key -> key.name().equals(name))) {
      return Optional.of("\"%s\" is a key that every step has".formatted(name));
    }
    StepType<?> other = byName.get(name);
    if (other != null) {
      return Optional.of("its name \"%s\" is that of %s, too".formatted(name, origin(other)));
    }
    if (type.doc().isBlank()) {
      return Optional.of("\"%s\" has no doc".formatted(name));
    }
    Set<String> keys = new HashSet<>();
    for (Key key : type.keys()) {
      if (!KEBAB.matcher(key.name()).matches() || !keys.add(key.name())) {
        return Optional.of(
            "key \"%s\" of \"%s\" is %s"
                .formatted(
                    key.name(),
                    name,
                    keys.contains(key.name())
                        ? "there twice"
                        : "not made of small letters, digits and \"-\""));
      }
    }
    for (String output : type.outputs().keySet()) {
      if (!KEBAB.matcher(output).matches()) {
        return Optional.of(
            "output \"%s\" of \"%s\" is not made of small letters, digits and \"-\""
                .formatted(output, name));
      }
    }
    return Optional.empty();
  }

  /** Says where a kind comes from: Waybill itself, or a class and its jar. */
  private String origin(StepType<?> type) {
    if (own.contains(type)) {
      return "Waybill's own";
    }
    Class<?> found = type.getClass();
    CodeSource source = found.getProtectionDomain().getCodeSource();
    return source == null
        ? found.getName()
        : found.getName() + " (" + source.getLocation().getPath() + ")";
  }
}
