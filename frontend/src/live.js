// For pages whose parts change in place (macro `live`): htmx attributes in the page say which.
// A page must also work without it, by its links and forms.
import "htmx.org/dist/htmx.esm.js";
