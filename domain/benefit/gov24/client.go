package gov24

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// BaseURL is where the data portal answers.
const BaseURL = "https://api.odcloud.kr/api/gov24/v3"

const (
	perPage  = 500      // the whole catalogue in some 70 calls of the 10,000 a day
	maxPage  = 32 << 20 // bytes of one answer
	maxPages = 2_000    // of one operation
	tries    = 5        // of one page
	longest  = time.Minute
)

// Client reads the live catalogue with the operator's own key. The key is part
// of each address, so no error and no redirect carries an address.
type Client struct {
	base string
	key  string
	http *http.Client
	// wait stands between two tries; tests put their own here.
	wait func(context.Context, time.Duration) error
}

var errRedirect = errors.New("the address redirects, which would hand on the key")

// NewClient makes a client; base is BaseURL or a mirror's. A key may be given
// as the portal shows it, percent-encoded or plain.
func NewClient(base, key string) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery != "" || u.User != nil {
		return nil, errors.New("gov24: the address is no http or https address of an API")
	}
	if key = strings.TrimSpace(key); key == "" {
		return nil, errors.New("gov24: no key: data.go.kr gives one for data set 15113968")
	}
	if strings.Contains(key, "%") {
		if key, err = url.QueryUnescape(key); err != nil {
			return nil, errors.New("gov24: the key cannot be read")
		}
	}
	refuse := func(*http.Request, []*http.Request) error { return errRedirect }
	return &Client{
		base: strings.TrimRight(base, "/"), key: key, wait: sleep,
		http: &http.Client{Timeout: 60 * time.Second, CheckRedirect: refuse},
	}, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Fetch reads the whole catalogue. Nothing is given back unless all of it came.
func (c *Client) Fetch(ctx context.Context) (Catalogue, error) {
	var out Catalogue
	var err error
	if out.Services, err = fetch[Service](ctx, c, listOperation); err != nil {
		return Catalogue{}, err
	}
	if out.Conditions, err = fetch[Conditions](ctx, c, conditionOperation); err != nil {
		return Catalogue{}, err
	}
	if out.Details, err = fetch[Detail](ctx, c, detailOperation); err != nil {
		return Catalogue{}, err
	}
	return out, nil
}

// fetch reads all pages of one operation.
func fetch[T Row](ctx context.Context, c *Client, operation string) ([]T, error) {
	var out []T
	for n := 1; n <= maxPages; n++ {
		b, err := c.page(ctx, operation, n)
		if err != nil {
			return nil, fmt.Errorf("gov24: %s, page %d: %w", operation, n, err)
		}
		p, err := pageOf[T](b)
		if err != nil {
			return nil, fmt.Errorf("%s, page %d: %w", operation, n, err)
		}
		out = append(out, *p.Data...)
		switch {
		case len(out) > maxServices:
			return nil, fmt.Errorf("gov24: %s: more than %d entries", operation, maxServices)
		case len(out) >= p.Total:
			return out, nil
		case len(*p.Data) == 0:
			return nil, fmt.Errorf("gov24: %s: %d of %d entries came", operation, len(out), p.Total)
		}
	}
	return nil, fmt.Errorf("gov24: %s: more than %d pages", operation, maxPages)
}

// retry is a failure that may pass; after is how long the server asks to wait.
type retry struct {
	error
	after time.Duration
}

// page reads one page, with patience: half a second, then twice as long each
// time, or as long as the server says.
func (c *Client) page(ctx context.Context, operation string, n int) ([]byte, error) {
	pause := 500 * time.Millisecond
	for try := 1; ; try++ {
		b, err := c.once(ctx, operation, n)
		var again retry
		if err == nil || !errors.As(err, &again) || try == tries {
			return b, err
		}
		if err := c.wait(ctx, min(max(pause, again.after), longest)); err != nil {
			return nil, err
		}
		pause *= 2
	}
}

func (c *Client) once(ctx context.Context, operation string, n int) ([]byte, error) {
	q := url.Values{"page": {strconv.Itoa(n)}, "perPage": {strconv.Itoa(perPage)}, "returnType": {"JSON"}, "serviceKey": {c.key}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/"+operation+"?"+q.Encode(), nil)
	if err != nil {
		return nil, errors.New("the address cannot be asked")
	}
	req.Header.Set("Accept", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // without the address, which holds the key
		}
		if errors.Is(err, errRedirect) {
			return nil, err
		}
		return nil, retry{error: err}
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxPage+1))
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, retry{error: err}
	case len(b) > maxPage:
		return nil, fmt.Errorf("more than %d MB", maxPage>>20)
	case resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500:
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		return nil, retry{fmt.Errorf("the server answers %d", resp.StatusCode), time.Duration(min(max(seconds, 0), 3600)) * time.Second}
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("the server answers %d: %s", resp.StatusCode, c.words(b))
	}
	return b, nil
}

// words are the beginning of an answer for an error, without the key.
func (c *Client) words(b []byte) string {
	s := strings.ToValidUTF8(string(b[:min(len(b), 200)]), "")
	return strings.ReplaceAll(strings.ReplaceAll(s, c.key, "..."), url.QueryEscape(c.key), "...")
}
