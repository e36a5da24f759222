package io.waybill.jobs.config;

import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Says in our words what the YAML parser stumbled over. Its own words quote the file, and the file
 * may hold a secret.
 */
record YamlComplaint(Origin where, String message) {

  static YamlComplaint of(YamlEngineException e, SourceText source) {
    if (!(e instanceof MarkedYamlEngineException marked)) {
      return new YamlComplaint(source.at(0), "the file cannot be read as YAML 1.2");
    }
    String problem = marked.getProblem() == null ? "" : marked.getProblem();
    String context = marked.getContext() == null ? "" : marked.getContext();
    Origin here = origin(marked.getProblemMark().or(marked::getContextMark), source);
    Origin began = origin(marked.getContextMark().or(marked::getProblemMark), source);
    if (problem.contains("TAB")) {
      return new YamlComplaint(
          tabBefore(here), "a tab stands here; YAML is indented with blanks only");
    }
    if (problem.contains("cannot start any token")) {
      return new YamlComplaint(
          here, "no value can start with this character; put the value in quotes");
    }
    if (context.contains("quoted scalar") && problem.contains("end of stream")) {
      return new YamlComplaint(began, "the quote that opens here is never closed");
    }
    if (isExpression(here)) {
      return new YamlComplaint(here, "an expression needs quotes here: \"${...}\"");
    }
    if (context.contains("flow mapping") || context.contains("flow sequence")) {
      String close = context.contains("mapping") ? "}" : "]";
      return new YamlComplaint(here, "\",\" or \"" + close + "\" is expected here");
    }
    if (problem.contains("mapping values are not allowed")) {
      return new YamlComplaint(
          here,
          "a \":\" is not expected here; indent the key like its neighbours, or quote the value");
    }
    if (context.contains("block mapping") || context.contains("block collection")) {
      return new YamlComplaint(
          here, "this line does not fit its neighbours; check its indentation");
    }
    if (context.contains("simple key")) {
      return new YamlComplaint(began, "a key needs a \":\" and a blank after it");
    }
    if (context.contains("double-quoted")) {
      return new YamlComplaint(
          here, "an unknown escape in double quotes; write \\\\ for a backslash, or single quotes");
    }
    return new YamlComplaint(here, "this cannot be read as YAML 1.2");
  }

  // the parser names the place at which it could not go on, behind what is indented by the tab
  private static Origin tabBefore(Origin here) {
    String text = here.source().text();
    int at = here.source().lineStart(here.start());
    while (at < here.start() && " -?".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return text.startsWith("\t", at) ? here.source().at(at) : here;
  }

  // between braces the one of "${" would begin a mapping
  private static boolean isExpression(Origin here) {
    String text = here.source().text();
    int at = here.start();
    return at > 0 && at < text.length() && text.startsWith("${", at - 1);
  }

  private static Origin origin(Optional<Mark> mark, SourceText source) {
    return source.at(mark.map(m -> source.offset(m.getIndex())).orElse(0));
  }
}
