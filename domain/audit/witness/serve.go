package witness

import (
	"errors"
	"io"
	"net/http"
	"strconv"

	"maru/domain/audit/proof"
)

// maxRequest bounds add-checkpoint, in bytes: 63 hashes and a checkpoint with
// many signatures.
const maxRequest = 64 << 10

// Handler is the witness's HTTP interface: POST /add-checkpoint, and GET
// /{origin hash}/checkpoint for monitors.
func (w *Witness) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", w.add)
	mux.HandleFunc("GET /{origin}/checkpoint", w.monitor)
	return mux
}

func (w *Witness) add(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxRequest))
	if err != nil {
		http.Error(rw, "too large or cut off", http.StatusBadRequest)
		return
	}
	old, path, signed, err := proof.ParseAdd(string(body))
	if err != nil {
		http.Error(rw, "malformed", http.StatusBadRequest)
		return
	}
	line, err := w.Add(old, path, signed)
	var size *SizeError
	switch {
	case err == nil:
		rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(rw, line)
	case errors.As(err, &size):
		rw.Header().Set("Content-Type", "text/x.tlog.size")
		rw.WriteHeader(http.StatusConflict)
		_, _ = io.WriteString(rw, strconv.FormatInt(size.Size, 10)+"\n")
	case errors.Is(err, ErrUnknown):
		http.Error(rw, "this log is not watched here", http.StatusNotFound)
	case errors.Is(err, ErrSignature):
		http.Error(rw, "not signed by the log", http.StatusForbidden)
	case errors.Is(err, ErrRequest):
		http.Error(rw, "the old size is larger than the new one", http.StatusBadRequest)
	case errors.Is(err, ErrContrary):
		http.Error(rw, "does not follow from the last checkpoint", http.StatusUnprocessableEntity)
	default:
		http.Error(rw, "the witness cannot write", http.StatusInternalServerError)
	}
}

// monitor shows the newest checkpoint of a log that is watched.
func (w *Witness) monitor(rw http.ResponseWriter, r *http.Request) {
	for origin := range w.logs {
		if OriginHash(origin) != r.PathValue("origin") {
			continue
		}
		signed, err := w.Latest(origin)
		if err != nil {
			http.Error(rw, "the witness cannot read", http.StatusInternalServerError)
			return
		}
		if signed != "" {
			rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
			rw.Header().Set("Cache-Control", "no-cache")
			_, _ = io.WriteString(rw, signed)
			return
		}
	}
	http.NotFound(rw, r)
}
