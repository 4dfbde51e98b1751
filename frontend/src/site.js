// Everything works without this script; with it some things are quicker.
import { createAll, Button, CharacterCount, ErrorSummary, ServiceNavigation, SkipLink } from "govuk-frontend";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
for (const component of [Button, CharacterCount, ErrorSummary, ServiceNavigation, SkipLink]) {
  createAll(component);
}
